package ledger

import (
	"net/http"
	"sync/atomic"
	"time"
)

// shared is what all far ends of a run have.
type shared struct {
	options Options
	dice    dice
	scribe  *scribe
	ill     map[string]bool // contacts that faults concern, by channel and name
	calm    atomic.Bool     // no more faults
	front   *front
	client  *http.Client
}

func newShared(o Options, front *front) *shared {
	s := &shared{options: o, dice: dice(o.Seed), scribe: newScribe(), ill: map[string]bool{}, front: front, client: &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 128, IdleConnTimeout: 30 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, c := range o.contacts() {
		if !c.healthy {
			s.ill[c.channel+" "+c.name] = true
			continue
		}
		for _, way := range []Way{Outbound, Inbound} {
			s.scribe.book.Healthy[Lane{way, c.channel, c.name}] = true
		}
	}
	s.scribe.book.Wanted = o.wanted()
	s.scribe.book.Idempotency, s.scribe.book.Alone = o.Idempotency, o.Layout == AllInOne
	return s
}

// strikes says that faults may concern a call of the lane now.
func (s *shared) strikes(l Lane) bool { return !s.calm.Load() && s.ill[l.Channel+" "+l.Contact] }

// drop ends the connection without an answer.
func drop(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler)
}
