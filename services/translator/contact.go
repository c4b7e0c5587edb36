package translator

import (
	"context"
	"errors"
	"regexp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/directory"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// contactName is what the platform calls a contact. On a phone channel it is the number; on a custom one the network's
// own address where it fits the contract, else a digest, with the way back kept in CONTACTS.
func (t *Translator) contactName(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	address := contact.GetAddress()
	idType := customchannel.IDType(c.ContactID)
	if idType == customchannel.Phone {
		for _, candidate := range []string{address, "+" + address, contact.GetProfile().GetPhone()} {
			if idType.Check(candidate) == nil {
				return candidate, nil
			}
		}
		return "", bus.Hopeless("the channel names contacts by phone number, and the network gave none")
	}
	if idType.Check(address) == nil && !digestLike.MatchString(address) {
		return address, nil
	}
	digest := t.bus.Digest("contact", c.ID, address)
	_, err := t.bus.Bucket(bus.Contacts).Create(ctx, c.ID+"."+digest, []byte(address))
	if err != nil && !errors.Is(err, bus.ErrExists) {
		return "", err
	}
	return digest, nil
}

// digestLike is what a digest looks like: an address that looks so gets one too, so that the way back has one meaning.
var digestLike = regexp.MustCompile(`^[a-z2-7]{26}$`)

// address is the network's address of a contact that the platform named. One that was never seen is taken as it is.
func (t *Translator) address(ctx context.Context, channel, name string) (string, error) {
	if !digestLike.MatchString(name) {
		return name, nil
	}
	address, _, err := t.bus.Bucket(bus.Contacts).Get(ctx, channel+"."+name)
	if errors.Is(err, bus.ErrNotFound) {
		return name, nil
	}
	return string(address), err
}
