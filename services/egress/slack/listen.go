package slack

import (
	"context"
	"encoding/json"
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// lasting is how long a connection has to have been one for the next to follow at once, however often.
const lasting = time.Minute

// mostShort is how many connections in a row may be shorter than that before a pause.
const mostShort = 2

// quietFor is how long nothing has to come on a connection that Slack has asked to leave. What comes later is said again on the next
// one, behind what was said there. Slack closes the connection after about ten seconds.
const quietFor = 250 * time.Millisecond

// Listens implements [provider.Listener].
func (s *sender) Listens() bool { return s.account.listens() }

// Called implements [provider.Called]: Slack calls too where the app is moved from one way to the other.
func (s *sender) Called() bool { return s.account.called() }

// Listen implements [provider.Listener]: Socket Mode. There is no cursor: an envelope is acknowledged when it is stored, and what was
// not acknowledged is said again.
func (s *sender) Listen(ctx context.Context, _ string, store provider.Store) error {
	e := &ear{sender: s, store: store}
	err := e.listen(ctx)
	if ctx.Err() != nil && !e.unstored {
		return nil
	}
	return err
}

// ear hears over one connection after the other.
type ear struct {
	*sender
	store    provider.Store
	unstored bool // something could not be stored
	short    int  // connections in a row that did not last
}

func (e *ear) listen(ctx context.Context) error {
	l, err := e.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { l.leave() }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case f, ok := <-l.frames:
			switch {
			case !ok:
				return l.lost()
			case f.Type == goodbye:
				next, err := e.renew(ctx, l, f)
				if err != nil {
					return err
				}
				l = next
			default:
				if err := e.take(ctx, l, f); err != nil {
					return err
				}
			}
		}
	}
}

// renew opens the next connection while the one before is still there, so that there is always one for Slack to speak on. What
// came on that meanwhile is stored before it is left: it was said earlier.
func (e *ear) renew(ctx context.Context, l *link, f frame) (*link, error) {
	if e.short++; time.Since(l.begun) >= lasting {
		e.short = 0
	}
	if f.Reason == "link_disabled" || e.short > mostShort {
		return nil, f.ended()
	}
	next, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.drain(ctx, l); err != nil {
		next.leave()
		return nil, err
	}
	l.leave()
	return next, nil
}

// drain takes what comes on a connection until nothing has come for a while: what was said may still be on its way.
func (e *ear) drain(ctx context.Context, l *link) error {
	quiet := time.NewTimer(quietFor)
	defer quiet.Stop()
	for range mostWaiting {
		select {
		case f, ok := <-l.frames:
			if !ok {
				return nil
			}
			if f.Type == goodbye {
				continue
			}
			if err := e.take(ctx, l, f); err != nil {
				return err
			}
			quiet.Reset(quietFor)
		case <-quiet.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// take stores an envelope and acknowledges it: https://docs.slack.dev/apis/events-api/using-socket-mode#acknowledge
func (e *ear) take(ctx context.Context, l *link, f frame) error {
	if f.Envelope == "" { // what is new, and asks for nothing
		return nil
	}
	if len(f.Payload) > 0 {
		if err := e.store(ctx, "", provider.Heard{Key: key(f), Body: f.Payload}); err != nil {
			e.unstored = true
			return err
		}
	}
	return l.acknowledge(f.Envelope)
}

// key is what an envelope is known by: the event's id, as a call of the same event has it.
func key(f frame) string {
	var event struct {
		ID string `json:"event_id"`
	}
	if json.Unmarshal(f.Payload, &event) != nil || event.ID == "" {
		return f.Envelope
	}
	return event.ID
}
