package slack

import (
	"context"
	"strings"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// placeKey is the value of a contact's state that says where they wrote last.
const placeKey = "place"

// place is where a message is written: a direct message channel, or a thread in it.
type place struct{ channel, thread string }

func (p place) String() string {
	if p.thread == "" {
		return p.channel
	}
	return p.channel + ":" + p.thread
}

// readPlace reads what [place.String] wrote; the zero value of what it did not.
func readPlace(text string) place {
	channel, thread, _ := strings.Cut(text, ":")
	if !channelID.MatchString(channel) {
		return place{}
	}
	return place{channel, thread}
}

// written is where a contact wrote last, and the revision of that; the zero value where they have not.
func (s *sender) written(ctx context.Context, user string) (p place, revision uint64, err error) {
	value, revision, err := s.state.Contact(user).Get(ctx, placeKey)
	if err != nil {
		return place{}, 0, outcome.Temporary(threadNotLookedUp, err)
	}
	return readPlace(string(value)), revision, nil
}

// correct keeps that a place is not there any more. Where it cannot be kept, or the contact has written meanwhile, the next message
// finds out by itself.
func (s *sender) correct(ctx context.Context, user string, now place, revision uint64) {
	_, _ = s.state.Contact(user).Put(ctx, placeKey, []byte(now.String()), revision)
}
