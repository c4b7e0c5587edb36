package contacts

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// One person may have several addresses: a number that the network spells otherwise than it was written to, a user id
// beside a number. An alias leads from such an address to the name that the platform knows, so that one person stays one
// contact. It stands in CONTACTS, on networks that declare Confirms.Aliases. It leads to a name and never to an
// address: what a network answers with is looked up when the contact writes.

func (b *Book) aliasKey(channel, address string) string {
	return channel + "." + b.bus.Digest(digest.ForAlias, channel, address)
}

// aliased is the name that an address was found to stand for, "" for none.
func (b *Book) aliased(ctx context.Context, c directory.Channel, address string) (string, error) {
	name, _, err := kv.Open(b.bus, topology.Contacts).Get(ctx, b.aliasKey(c.ID, address))
	if errors.Is(err, bus.ErrNotFound) {
		return "", nil
	}
	return string(name), err
}

// alias remembers all addresses of a contact that has several. The first name that one was found to stand for stays.
func (b *Book) alias(ctx context.Context, c directory.Channel, name string, contact *messagev1.Contact) error {
	if len(contact.GetAliases()) == 0 {
		return nil
	}
	for _, address := range append([]string{contact.GetAddress()}, contact.GetAliases()...) {
		if err := b.stands(ctx, c, address, name); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) stands(ctx context.Context, c directory.Channel, address, name string) error {
	_, err := kv.Open(b.bus, topology.Contacts).Create(ctx, b.aliasKey(c.ID, address), []byte(name))
	if errors.Is(err, bus.ErrNoRoom) { // one person may be two contacts then; to wait would hold back everybody
		b.log.Warn("another address of a contact is not remembered: the store is full", "channel", c.ID)
		return nil
	}
	if errors.Is(err, bus.ErrExists) {
		return nil
	}
	return err
}

// Answered remembers that the network answered a send to an address with another one: the contact will write from that. alias is
// "" where it did not.
func (b *Book) Answered(ctx context.Context, c directory.Channel, address, alias string) error {
	if alias == "" {
		return nil
	}
	name, err := b.nameOf(ctx, c, &messagev1.Contact{Address: address})
	if errors.As(err, &Nameless{}) {
		return nil // it was written to by an address that the platform has no name for
	}
	if err != nil {
		return err
	}
	return b.stands(ctx, c, alias, name)
}
