// Package contact says whose a message is, as far as that may be shown: by the last characters of an address where it is known here,
// and always by a key that stands for the contact and tells no address.
//
//	book := contact.BookOf(bus)
//	texts := book.Look(ctx, []contact.Of{{"tienda", m.ContactKey}}) // "···222"; "" where no address is known
package contact

import (
	"context"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// Book finds the address that a contact's key stands for. ok is false where it is not known, or must not be read. A nil Book knows
// none.
type Book func(ctx context.Context, channel, key string) (address string, ok bool)

// BookOf reads the bucket CONTACTS.
func BookOf(b *bus.Bus) Book {
	return func(ctx context.Context, channel, key string) (string, bool) {
		address, _, err := kv.Open(b, topology.Contacts).Get(ctx, channel+"."+key)
		return string(address), err == nil
	}
}

// Bounds of one [Book.Look].
const (
	mostLooked   = 100 // contacts whose address is looked up
	lookedWithin = time.Second
)

// Of is a contact of a channel.
type Of struct{ Channel, Key string }

// Look shows contacts, the first hundred of them and as many as answer within a second: the others are left out.
func (b Book) Look(ctx context.Context, all []Of) map[Of]string {
	shown := map[Of]string{}
	if b == nil {
		return shown
	}
	ctx, cancel := context.WithTimeout(ctx, lookedWithin)
	defer cancel()
	for _, c := range all {
		if _, asked := shown[c]; asked || c.Key == "" {
			continue
		}
		if len(shown) == mostLooked || ctx.Err() != nil {
			break
		}
		shown[c] = ""
		if address, ok := b(ctx, c.Channel, c.Key); ok {
			shown[c] = Shortened(address)
		}
	}
	return shown
}

// Shortened is an address as it is shown: its last three characters, and none of a short one.
func Shortened(address string) string {
	letters := []rune(strings.TrimSpace(address))
	if len(letters) < 6 {
		return "···"
	}
	return "···" + string(letters[len(letters)-3:])
}
