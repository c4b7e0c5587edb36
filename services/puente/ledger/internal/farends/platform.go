package farends

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

// platform stands in for BonyChat: it writes down what it takes, and fails by seed.
type platform struct {
	*shared
	down   atomic.Pointer[string] // the channel that is away
	missed atomic.Int64           // calls that found it away

	mu    sync.Mutex
	calls map[history.Lane]int
	bad   []string // calls that break the contract
}

func newPlatform(s *shared) *platform { return &platform{shared: s, calls: map[history.Lane]int{}} }

// ServeHTTP takes a post at /platform/<channel>.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	channel := strings.TrimPrefix(r.URL.Path, "/platform/")
	if down := p.down.Load(); down != nil && *down == channel {
		p.recorder.Struck(Outage)
		p.missed.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	post, err := customchannel.DecodePost(body, customchannel.Custom)
	if err != nil || post.ChannelID != channel || r.Header.Get("Authorization") != "Bearer "+Token(channel) {
		p.mu.Lock()
		p.bad = append(p.bad, channel)
		p.mu.Unlock()
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	lane := history.Lane{Way: history.Inbound, Channel: channel, Contact: post.ContactID}
	p.mu.Lock()
	p.calls[lane]++
	n := p.calls[lane]
	p.mu.Unlock()
	var fault history.Fault
	if p.strikes(lane) {
		fault = p.dice.fault(platformFaults, "platform", lane, n)
	}
	if fault != "" {
		p.recorder.Struck(fault)
	}
	dice := p.dice.Random("platform is slow", lane, n)
	switch fault {
	case platformBroken:
		w.WriteHeader(500 + 2*dice.IntN(2))
		return
	case platformTooMany:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case platformLostBefore:
		drop(w)
		return
	}
	answered := p.take(post, history.Send{Begun: begun, At: time.Now(), Process: origin(r), Unanswered: fault == platformLostAfter})
	switch fault {
	case platformLostAfter:
		drop(w)
		return
	case platformSlow:
		time.Sleep(slowAnswer(dice))
	}
	w.WriteHeader(http.StatusOK)
	for _, note := range answered {
		note(r)
	}
}

// take writes down what a post says; each of the returned functions, that it was answered.
func (p *platform) take(post *customchannel.Post, s history.Send) (answered []func(*http.Request)) {
	for _, e := range post.Events {
		switch {
		case e.Type == customchannel.EventStatus:
			answered = append(answered, p.recorder.Status(history.Status{MID: e.MID, Value: string(e.Status.Value), Send: s}))
		case e.Message != nil:
			if l, seq, ok := history.ParseText(e.Message.Text); ok && l.Channel == post.ChannelID && l.Contact == post.ContactID {
				answered = append(answered, p.recorder.Arrive(history.Arrival{Lane: l, Seq: seq, ID: e.MID, MID: e.MID, Send: s}))
			}
		}
	}
	return answered
}
