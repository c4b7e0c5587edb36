package clicksend

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// pollPace is how often each list is asked for at most, unless it has more than one answer holds. ClickSend publishes no
// limit; 20 requests a minute for one method and address were seen.
const pollPace = 10 * time.Second

// Listens implements [provider.Listener].
func (s *sender) Listens() bool { return s.account.Mode == Poll }

// mailbox is one of the lists that ClickSend keeps for who has a rule to be polled: what is in it is unread until it is
// marked. https://developers.clicksend.com/docs/messaging/sms
type mailbox struct {
	name, path, readPath string
	// stored are the keys of what has been stored and may still be listed.
	stored map[string]bool
}

// Listen implements [provider.Listener]: it polls. What has been stored is at ClickSend, as marks, so there is no cursor.
// What is listed and not yet marked when the process ends is heard again, and known by its key.
func (s *sender) Listen(ctx context.Context, _ string, store provider.Store) error {
	if err := s.pollRules(ctx); err != nil {
		return unlessOver(ctx, err)
	}
	boxes := []*mailbox{
		{name: "messages", path: "/v3/sms/inbound", readPath: "/v3/sms/inbound-read", stored: map[string]bool{}},
		{name: "receipts", path: "/v3/sms/receipts", readPath: "/v3/sms/receipts-read", stored: map[string]bool{}},
	}
	for ctx.Err() == nil {
		began := time.Now()
		waiting := false
		for _, box := range boxes {
			more, err := s.empty(ctx, box, store)
			if err != nil {
				return unlessOver(ctx, err)
			}
			waiting = waiting || more
		}
		if !waiting {
			provider.Pause(ctx, s.pace-time.Since(began))
		}
	}
	return nil
}

// empty stores what a mailbox lists, oldest first, and marks what is safely behind. It says whether there is more to be
// asked for at once: not where nothing new was listed, or marks that have no effect would be made without a pause.
func (s *sender) empty(ctx context.Context, box *mailbox, store provider.Store) (more bool, err error) {
	l, err := s.unread(ctx, box)
	if err != nil {
		return false, err
	}
	listed := map[string]bool{}
	var heard []provider.Heard
	for _, i := range l.items {
		if !listed[i.key] && !box.stored[i.key] { // several rules list a message several times
			heard = append(heard, provider.Heard{Key: i.key, Body: i.body})
		}
		listed[i.key] = true
	}
	if len(heard) > 0 {
		if err := store(ctx, "", heard...); err != nil {
			return false, err
		}
	}
	if !l.whole {
		for key := range box.stored { // may be on a page that was not read
			listed[key] = true
		}
	}
	box.stored = listed
	before := l.before()
	if before == 0 {
		return false, nil
	}
	_, err = s.ask(ctx, fmt.Sprintf("marking %s as read", box.name), http.MethodPut, box.readPath, map[string]any{"date_before": before})
	return !l.whole && len(heard) > 0, err
}

// unlessOver is the error of what was not told to end.
func unlessOver(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
