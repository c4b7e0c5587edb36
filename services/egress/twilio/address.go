package twilio

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// The channels that an address may begin with: https://www.twilio.com/docs/messaging/channels. An SMS has none.
const (
	whatsApp  = "whatsapp"
	messenger = "messenger"
	rcs       = "rcs"
)

// sms is the token of an SMS, where that of another channel is its name.
const sms = "sms"

var (
	e164   = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)
	digits = regexp.MustCompile(`^[0-9]{1,50}$`)
	// A WhatsApp user without a number that is told has an id instead: country, point, letters and digits.
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
	userID = regexp.MustCompile(`^[A-Z]{2}(\.ENT)?\.[0-9A-Za-z]{1,128}$`)
)

// split takes the channel off an address.
func split(address string) (channel, rest string) {
	if channel, rest, ok := strings.Cut(address, ":"); ok {
		return channel, rest
	}
	return "", address
}

// withheld are what Twilio writes in place of a number that the caller withholds, the letters of a word on a phone's keys:
// ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE. They look like numbers of strangers, and are none.
// https://help.twilio.com/articles/223179988-Why-am-I-getting-calls-from-these-strange-numbers-
var withheld = map[string]bool{"+266696687": true, "+7378742833": true, "+2562533": true, "+8656696": true, "+86282452253": true}

// note is in brackets what a contact has to know of a sender that cannot be answered, "" for one that can.
func note(channel, address string) string {
	switch {
	case channel == "" && withheld[address]:
		return "[the sender withholds their number, and cannot be answered]"
	case channel == "" && !e164.MatchString(address):
		return "[the sender is no phone number in international form, and cannot be answered]"
	}
	return ""
}

// on is a contact's address on a channel. A number without its plus is refused: Twilio would take it for one of the
// United States, and a stranger would read the message.
func on(channel, contact string) (string, error) {
	switch {
	case channel == "" && withheld[contact]:
		return "", outcome.Reject(numberWithheld, errors.New("no number of a contact"))
	case e164.MatchString(contact) && channel != messenger,
		channel == whatsApp && userID.MatchString(contact),
		channel == messenger && digits.MatchString(contact):
	default:
		return "", outcome.Reject(notE164, errors.New("not in E.164"))
	}
	if channel == "" {
		return contact, nil
	}
	return channel + ":" + contact, nil
}

// channelFor is the channel that a contact is written to on: that of the sender, or, since a Messaging Service may have
// senders of several, that of the contact's last message; an SMS where it is not known any more.
func (s *sender) channelFor(ctx context.Context, contact string) (string, error) {
	if !serviceSid.MatchString(s.from) {
		channel, _ := split(s.from)
		return channel, nil
	}
	last, err := s.replies.Last(ctx, contact)
	if err != nil {
		return "", outcome.Temporary(lastSenderUnknown, err)
	}
	if last.Token == sms {
		return "", nil
	}
	return last.Token, nil
}
