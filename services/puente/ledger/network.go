package ledger

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox/chat"
	"github.com/bonychat/puente/services/sandbox/operator"
)

// network is the phone network of one channel: an operator, with faults by seed before it and everything it accepts
// written down.
type network struct {
	channel string
	*shared
	op *operator.Operator

	mu    sync.Mutex
	tries map[string]int       // by message
	calls map[string]phoneCall // the latest of a message
	seen  map[string]bool      // the network's ids of what was accepted
}

// phoneCall is a call that sends a message.
type phoneCall struct {
	Lane
	seq        int
	begun      time.Time
	process    string
	unanswered bool
}

func newNetwork(channel, secret, hook string, s *shared) *network {
	n := &network{channel: channel, shared: s, tries: map[string]int{}, calls: map[string]phoneCall{}, seen: map[string]bool{}}
	most := s.options.Messages + s.options.Contacts
	n.op = operator.New(operator.Config{
		Secret: provider.NewSecret(secret), WebhookURL: func() string { return hook }, Delay: 100 * time.Millisecond, Seed: s.options.Seed,
		Phones: chat.Limits{Contacts: most, Entries: most, Bytes: 1 << 30}, Record: 4 * most, Pending: 10 * most, Workers: 32, Changed: n.changed,
	})
	n.op.Switch(operator.Switches{Idempotency: s.options.Idempotency, Receipts: true})
	return n
}

// changed hears of what is new on a phone: accepted by the network, or typed there and now taken by the bridge.
func (n *network) changed(_ string, e chat.Entry) {
	switch {
	case e.Direction == chat.In && e.Status == chat.Delivered:
		n.accepted(e.ID, e.MID)
	case e.Direction == chat.Out && e.Status == chat.Sent:
		var m customchannel.Message
		_ = json.Unmarshal(e.Message, &m)
		if l, seq, ok := parseText(m.Text); ok {
			n.scribe.accept(Accepted{Lane: l, Seq: seq, At: time.Now()})
		}
	}
}

// accepted writes down an accept, once.
func (n *network) accepted(id, mID string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[id] {
		return
	}
	n.seen[id] = true
	c := n.calls[mID]
	n.scribe.arrive(Arrival{Lane: c.Lane, Seq: c.seq, Begun: c.begun, At: time.Now(), ID: id, Process: c.process, Unanswered: c.unanswered})
}

// ServeHTTP is the vendor's API with its faults.
func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/phone/"+n.channel)
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var c struct {
		ID      string                `json:"id"`
		To      string                `json:"to"`
		Message customchannel.Message `json:"message"`
	}
	_ = json.Unmarshal(body, &c)
	lane, seq, ok := parseText(c.Message.Text)
	if !ok || lane.Contact != c.To || lane.Channel != n.channel { // the account's check
		n.op.ServeHTTP(w, r)
		return
	}
	n.mu.Lock()
	n.tries[c.ID]++
	try := n.tries[c.ID]
	n.mu.Unlock()
	var fault Fault
	dice := n.dice.random("phone is slow", lane, seq, try)
	if n.strikes(lane) {
		fault = n.dice.fault(phoneFaults, "phone", lane, seq, try)
	}
	if f, ok := operatorFaults[fault]; ok {
		f.Contact, f.Next, f.Status, f.After = c.To, 1, 500+2*dice.IntN(2), 200+dice.IntN(1000)
		if n.op.Break(f) != nil {
			fault = ""
		}
	}
	n.mu.Lock()
	n.calls[c.ID] = phoneCall{lane, seq, time.Now(), origin(r.Context()), fault == phoneLostAfter}
	n.mu.Unlock()
	if fault != "" {
		n.scribe.struck(fault)
	}
	switch fault {
	case phoneSlow: // accepted, its receipts on their way, and the answer comes later
		late := &lateAnswer{ResponseWriter: w, status: http.StatusOK}
		n.op.ServeHTTP(late, r)
		time.Sleep(time.Duration(200+dice.IntN(1300)) * time.Millisecond)
		w.WriteHeader(late.status)
		_, _ = w.Write(late.body.Bytes())
	case phoneUndelivered: // not shown on a phone
		late := &lateAnswer{ResponseWriter: w, status: http.StatusOK}
		n.op.ServeHTTP(late, r)
		var a struct {
			ID string `json:"id"`
		}
		if late.status == http.StatusOK && json.Unmarshal(late.body.Bytes(), &a) == nil {
			n.accepted(a.ID, c.ID)
		}
		w.WriteHeader(late.status)
		_, _ = w.Write(late.body.Bytes())
	default:
		n.op.ServeHTTP(w, r)
	}
}

// operatorFaults are those that the operator itself has.
var operatorFaults = map[Fault]operator.Fault{
	phoneBroken:      {Kind: operator.Broken},
	phoneLostBefore:  {Kind: operator.LostBefore},
	phoneLostAfter:   {Kind: operator.LostAfter},
	phoneTooMany:     {Kind: operator.TooMany},
	phoneUndelivered: {Kind: operator.Undelivered},
}

// lateAnswer keeps an answer back.
type lateAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (l *lateAnswer) WriteHeader(status int)      { l.status = status }
func (l *lateAnswer) Write(b []byte) (int, error) { return l.body.Write(b) }
