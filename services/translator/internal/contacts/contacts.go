// Package contacts says what the platform calls a contact, and where a network finds it.
//
// A contact has an address, the network's, and a name, the platform's. On a phone channel the name is the number; on a
// custom one it is the address where that fits the contract, else a digest. Where the address does not follow from the
// name, the way back stands in the bucket CONTACTS.
//
//	book := contacts.New(b, log)
//	name, err := book.Name(ctx, channel, contact, false)
//	address, err := book.Address(ctx, channel, name)
//
// It knows no message: whatever is done twice gives the same name.
package contacts

import (
	"context"
	"errors"
	"log/slog"
	"regexp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Book knows names and addresses. It is safe for concurrent use; each question may ask the broker.
type Book struct {
	bus *bus.Bus
	log *slog.Logger
}

// New is the book of what stands in CONTACTS.
func New(b *bus.Bus, log *slog.Logger) *Book { return &Book{b, log} }

// Nameless is the error of a contact that cannot be given a name: to try again is of no use. Its text holds no personal data.
type Nameless struct{ Why reason.Reason }

func (n Nameless) Error() string { return n.Why.String() }

// Name is what the platform calls a contact that wrote. aliases says that the network tells other addresses of one person: then all
// that it told of this contact are remembered. It fails with [Nameless] where there is no name.
func (b *Book) Name(ctx context.Context, c directory.Channel, contact *messagev1.Contact, aliases bool) (string, error) {
	if !aliases {
		return b.nameOf(ctx, c, contact)
	}
	for _, address := range append([]string{contact.GetAddress()}, contact.GetAliases()...) {
		known, err := b.aliased(ctx, c, address)
		if err != nil {
			return "", err
		}
		if known != "" {
			return known, b.alias(ctx, c, known, contact)
		}
	}
	name, err := b.nameBefore(ctx, c, contact)
	if err != nil {
		return "", err
	}
	return name, b.alias(ctx, c, name, contact)
}

// nameBefore is what the platform calls a contact by one of its other addresses, where that has a name already; else by
// this one.
func (b *Book) nameBefore(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	for _, address := range contact.GetAliases() {
		digest := b.AddressKey(c, address)
		if _, _, err := kv.Open(b.bus, topology.Contacts).Get(ctx, c.ID+"."+digest); err == nil && !isPhone(c) {
			return digest, nil
		} else if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return "", err
		}
	}
	return b.nameOf(ctx, c, contact)
}

// nameOf is what the platform calls a contact of which only this address is known.
func (b *Book) nameOf(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	address := contact.GetAddress()
	if isPhone(c) {
		if number := e164(address); number != "" {
			return number, nil
		}
		return b.numberOf(ctx, c, address, phoneOf(contact.GetProfile().GetPhone()))
	}
	if customchannel.Custom.Check(address) == nil && !digestLike.MatchString(address) {
		return address, nil
	}
	digest := b.AddressKey(c, address)
	_, err := kv.Open(b.bus, topology.Contacts).Create(ctx, c.ID+"."+digest, []byte(address))
	if errors.Is(err, bus.ErrNoRoom) {
		return "", Nameless{reason.ContactsFull}
	}
	if err != nil && !errors.Is(err, bus.ErrExists) {
		return "", err
	}
	return digest, nil
}

// numberOf is the number of a contact whose address is none: what the network tells now, or told once.
func (b *Book) numberOf(ctx context.Context, c directory.Channel, address, told string) (string, error) {
	contacts, key := kv.Open(b.bus, topology.Contacts), c.ID+"."+b.bus.Digest(digest.ForNumber, c.ID, address)
	if told == "" {
		known, _, err := contacts.Get(ctx, key)
		if errors.Is(err, bus.ErrNotFound) {
			return "", Nameless{reason.NoNumber}
		}
		return string(known), err
	}
	err := contacts.Put(ctx, c.ID+"."+b.Key(c.ID, told), []byte(address))
	if errors.Is(err, bus.ErrNoRoom) {
		return "", Nameless{reason.ContactsFull}
	}
	if err != nil {
		return "", err
	}
	err = contacts.Put(ctx, key, []byte(told))
	if errors.Is(err, bus.ErrNoRoom) { // the way back is there; what comes without the number has no name
		b.log.Warn("the number of a contact is not remembered: the store is full", "channel", c.ID)
		return told, nil
	}
	return told, err
}

// Address is the network's address of a contact that the platform named. One that was never seen is taken as it is.
func (b *Book) Address(ctx context.Context, c directory.Channel, name string) (string, error) {
	if !isPhone(c) && !digestLike.MatchString(name) {
		return name, nil
	}
	address, _, err := kv.Open(b.bus, topology.Contacts).Get(ctx, c.ID+"."+b.Key(c.ID, name))
	if errors.Is(err, bus.ErrNotFound) {
		return name, nil
	}
	return string(address), err
}

// Key stands for the contact that the platform calls so, wherever it is remembered and in the journal.
func (b *Book) Key(channel, name string) string {
	if digestLike.MatchString(name) {
		return name
	}
	return record.ContactDigest(b.bus, channel, name)
}

// AddressKey is the same as [Book.Key], from the contact's address; but for a number that only the profile told. Of the channel it needs
// the id, and what contacts are named by.
func (b *Book) AddressKey(c directory.Channel, address string) string {
	if isPhone(c) {
		if number := e164(address); number != "" {
			address = number
		}
	}
	return record.ContactDigest(b.bus, c.ID, address)
}

// digestLike is what a digest looks like: an address that looks so gets one too, so that the way back has one meaning.
var digestLike = regexp.MustCompile(`^[a-z2-7]{26}$`)

func isPhone(c directory.Channel) bool {
	return customchannel.IDType(c.ContactID) == customchannel.Phone
}

// e164 is an address that is a phone number as the platform writes it, "" for what is none. It is never given a plus:
// 62626 is a short code, 123456789 an id, and what they would become belongs to a stranger.
func e164(address string) string {
	if customchannel.Phone.Check(address) == nil {
		return address
	}
	return ""
}

// phoneOf is the number that a network tells of a person; some leave out the plus.
func phoneOf(number string) string {
	if plus := "+" + number; e164(number) == "" && phonenumber.IsE164(plus) {
		return plus
	}
	return e164(number)
}
