package translator

import (
	"context"
	"errors"
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

// A contact has an address, the network's, and a name, the platform's. On a phone channel the name is the number; on a
// custom one it is the address where that fits the contract, else a digest. Where the address does not follow from the
// name, the way back stands in CONTACTS.

// contactName is what the platform calls a contact that wrote.
func (t *Translator) contactName(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	network, err := t.declared.Of(c.Network)
	if err != nil {
		return "", err
	}
	if network.Confirms.Aliases == "" {
		return t.nameOf(ctx, c, contact)
	}
	for _, address := range append([]string{contact.GetAddress()}, contact.GetAliases()...) {
		known, err := t.aliased(ctx, c, address)
		if err != nil {
			return "", err
		}
		if known != "" {
			return known, t.alias(ctx, c, known, contact)
		}
	}
	name, err := t.nameBefore(ctx, c, contact)
	if err != nil {
		return "", err
	}
	return name, t.alias(ctx, c, name, contact)
}

// nameBefore is what the platform calls a contact by one of its other addresses, where that has a name already; else by
// this one.
func (t *Translator) nameBefore(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	for _, address := range contact.GetAliases() {
		digest := t.addressKey(c.ID, address)
		if _, _, err := kv.Open(t.bus, topology.Contacts).Get(ctx, c.ID+"."+digest); err == nil && !isPhone(c) {
			return digest, nil
		} else if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return "", err
		}
	}
	return t.nameOf(ctx, c, contact)
}

// nameOf is what the platform calls a contact of which only this address is known.
func (t *Translator) nameOf(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	address := contact.GetAddress()
	if isPhone(c) {
		if number := e164(address); number != "" {
			return number, nil
		}
		return t.numberOf(ctx, c, address, phoneOf(contact.GetProfile().GetPhone()))
	}
	if customchannel.Custom.Check(address) == nil && !digestLike.MatchString(address) {
		return address, nil
	}
	digest := t.addressKey(c.ID, address)
	_, err := kv.Open(t.bus, topology.Contacts).Create(ctx, c.ID+"."+digest, []byte(address))
	if errors.Is(err, bus.ErrNoRoom) {
		return "", dead{reason.ContactsFull}
	}
	if err != nil && !errors.Is(err, bus.ErrExists) {
		return "", err
	}
	return digest, nil
}

// numberOf is the number of a contact whose address is none: what the network tells now, or told once.
func (t *Translator) numberOf(ctx context.Context, c directory.Channel, address, told string) (string, error) {
	contacts, key := kv.Open(t.bus, topology.Contacts), c.ID+"."+t.bus.Digest(digest.ForNumber, c.ID, address)
	if told == "" {
		known, _, err := contacts.Get(ctx, key)
		if errors.Is(err, bus.ErrNotFound) {
			return "", dead{reason.NoNumber}
		}
		return string(known), err
	}
	if err := contacts.Put(ctx, c.ID+"."+t.nameKey(c.ID, told), []byte(address)); errors.Is(err, bus.ErrNoRoom) {
		return "", dead{reason.ContactsFull}
	} else if err != nil {
		return "", err
	}
	return told, contacts.Put(ctx, key, []byte(told))
}

// address is the network's address of a contact that the platform named. One that was never seen is taken as it is.
func (t *Translator) address(ctx context.Context, c directory.Channel, name string) (string, error) {
	if !isPhone(c) && !digestLike.MatchString(name) {
		return name, nil
	}
	address, _, err := kv.Open(t.bus, topology.Contacts).Get(ctx, c.ID+"."+t.nameKey(c.ID, name))
	if errors.Is(err, bus.ErrNotFound) {
		return name, nil
	}
	return string(address), err
}

// nameKey stands for the contact that the platform calls so, wherever it is remembered and in the journal; addressKey
// is the same key, from the contact's address. (But for a number that only the profile told.)
func (t *Translator) nameKey(channel, name string) string {
	if digestLike.MatchString(name) {
		return name
	}
	return record.ContactDigest(t.bus, channel, name)
}

func (t *Translator) addressKey(channel, address string) string {
	if c, _ := t.channels.get(channel); isPhone(c) {
		if number := e164(address); number != "" {
			address = number
		}
	}
	return record.ContactDigest(t.bus, channel, address)
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
