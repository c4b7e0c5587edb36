package ledger

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/services/puente/ledger/history"
)

// shared is what all far ends of a run have.
type shared struct {
	options  Options
	dice     dice
	recorder *history.Recorder
	ill      map[string]bool // contacts that faults concern, by channel and name
	calm     atomic.Bool     // no more faults
	front    *front
	client   *http.Client
}

func newShared(o Options, front *front) *shared {
	ill, healthy := map[string]bool{}, map[history.Lane]bool{}
	for _, c := range o.contacts() {
		if !c.healthy {
			ill[c.channel+" "+c.name] = true
			continue
		}
		for _, way := range []history.Way{history.Outbound, history.Inbound} {
			healthy[history.Lane{Way: way, Channel: c.channel, Contact: c.name}] = true
		}
	}
	return &shared{
		options: o, dice: dice(o.Seed), ill: ill, front: front,
		recorder: history.NewRecorder(history.History{Healthy: healthy, Wanted: o.wanted(), Idempotency: o.Idempotency, Alone: o.Layout == AllInOne}),
		client: &http.Client{
			Timeout:       10 * time.Second,
			Transport:     &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 128, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// strikes says that faults may concern a call of the lane now.
func (s *shared) strikes(l history.Lane) bool {
	return !s.calm.Load() && s.ill[l.Channel+" "+l.Contact]
}

// drop ends the connection without an answer.
func drop(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler)
}
