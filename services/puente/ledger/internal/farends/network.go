package farends

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
	"github.com/bonychat/puente/services/sandbox/chat"
	"github.com/bonychat/puente/services/sandbox/operator"
)

// network is the phone network of one channel: an operator, with faults by seed before it and everything it accepts
// written down.
type network struct {
	channel string
	*shared
	op *operator.Operator

	serving sync.Mutex // one call at a time is with the operator

	mu    sync.Mutex
	tries map[string]int  // by message
	now   *phoneCall      // the one that is with the operator
	seen  map[string]bool // the network's ids of what was accepted
	keys  map[string]bool // the keys of what was accepted

	suppressed atomic.Int64 // repeats that were known by their key before they came here
}

// phoneCall is a call that sends a message.
type phoneCall struct {
	history.Arrival
	to, key  string
	fault    history.Fault
	dice     *rand.Rand
	answered func(*http.Request) // notes that it was answered, where it was accepted
}

func newNetwork(channel string, s *shared) *network {
	n := &network{channel: channel, shared: s, tries: map[string]int{}, seen: map[string]bool{}, keys: map[string]bool{}}
	most := s.options.Most
	n.op = operator.New(operator.Config{
		Secret: provider.NewSecret(vendors.Secret(channel)), WebhookURL: func() string { return s.hooks + channel }, Delay: 100 * time.Millisecond, Seed: s.options.Seed,
		Phones: chat.Limits{Contacts: most, Entries: most, Bytes: 1 << 30}, Record: 4 * most, Pending: 10 * most, Workers: 32, Changed: n.changed,
	})
	n.op.Switch(operator.Switches{Idempotency: s.options.Idempotency, Receipts: n.receipts()})
	return n
}

// changed hears of what is new on a phone: accepted by the network, or typed there and now taken by the bridge.
func (n *network) changed(_ string, e chat.Entry) {
	switch {
	case e.Direction == chat.In && e.Status == chat.Delivered:
		n.accepted(e.ID)
	case e.Direction == chat.Out && e.Status == chat.Sent:
		var m customchannel.Message
		_ = json.Unmarshal(e.Message, &m)
		if l, seq, ok := history.ParseText(m.Text); ok {
			n.recorder.Accept(history.Accepted{Lane: l, Seq: seq, At: time.Now()})
		}
	}
}

// accepted writes down that the operator has accepted the call that it has, once.
func (n *network) accepted(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[id] || n.now == nil {
		return
	}
	n.seen[id], n.keys[n.now.key] = true, true
	a := n.now.Arrival
	a.ID, a.At = id, time.Now()
	n.now.answered = n.recorder.Arrive(a)
}

// receipts says that the network tells what became of a message.
func (n *network) receipts() bool {
	return n.vendor == nil || n.vendor.Receipts()
}

// Took says that a call with this key was accepted. It implements [vendors.Network], as does ServeHTTP.
func (n *network) Took(key string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.keys[key]
}

// Suppressed implements [vendors.Network].
func (n *network) Suppressed() { n.suppressed.Add(1) }

// ServeHTTP is the vendor's API with its faults.
func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/phone/"+n.channel)
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var b struct {
		ID      string                `json:"id"`
		To      string                `json:"to"`
		Message customchannel.Message `json:"message"`
	}
	_ = json.Unmarshal(body, &b)
	lane, seq, ok := history.ParseText(b.Message.Text)
	if !ok || lane.Contact != b.To || lane.Channel != n.channel { // the account's check
		n.op.ServeHTTP(w, r)
		return
	}
	n.mu.Lock()
	n.tries[b.ID]++
	try := n.tries[b.ID]
	n.mu.Unlock()
	c := &phoneCall{Arrival: history.Arrival{Lane: lane, Seq: seq, MID: b.ID}, to: b.To, key: r.Header.Get("Idempotency-Key"), dice: n.dice.Random("phone is slow", lane, seq, try)}
	c.Begun, c.Process = begun, origin(r)
	if n.strikes(lane) {
		c.fault = n.dice.fault(phoneFaults, "phone", lane, seq, try)
	}
	if c.fault == phoneUndelivered && !n.receipts() {
		c.fault = "" // nobody would be told
	}
	answer := n.pass(c, w, r)
	if c.fault == phoneSlow { // accepted, its receipts on their way, and the answer comes later
		time.Sleep(n.slowAnswer(c.dice))
	}
	if answer != nil {
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body.Bytes())
	}
	if c.answered != nil {
		c.answered(r)
	}
}

// pass hands a call to the operator, one after the other: so what the operator accepts is this call, and the fault that
// was thrown for it strikes no other of its contact. It returns the answer, nil where the operator kept it back.
func (n *network) pass(c *phoneCall, w http.ResponseWriter, r *http.Request) *vendors.Answer {
	n.serving.Lock()
	defer n.serving.Unlock()
	if f, ok := operatorFaults[c.fault]; ok {
		f.Contact, f.Next, f.Status, f.After = c.to, 1, 500+2*c.dice.IntN(2), 200+c.dice.IntN(1000)
		if n.op.Break(f) != nil {
			c.fault = ""
		}
	}
	c.Unanswered = c.fault == phoneLostAfter
	n.mu.Lock()
	n.now = c
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		n.now = nil
		n.mu.Unlock()
	}()
	if c.fault != "" {
		n.recorder.Struck(c.fault)
	}
	if c.fault == phoneLostBefore || c.fault == phoneLostAfter {
		n.op.ServeHTTP(w, r) // ends the connection
		return nil
	}
	late := &vendors.Answer{ResponseWriter: w, Status: http.StatusOK}
	n.op.ServeHTTP(late, r)
	var a struct {
		ID string `json:"id"`
	}
	if c.fault == phoneUndelivered && late.Status == http.StatusOK && json.Unmarshal(late.Body.Bytes(), &a) == nil {
		n.accepted(a.ID) // it is not shown on a phone
	}
	return late
}

// slowAnswer is how long an answer takes that is slow.
func (n *network) slowAnswer(r *rand.Rand) time.Duration {
	if n.channel == history.SlowChannel {
		return history.VerySlow
	}
	return slowAnswer(r)
}

// operatorFaults are those that the operator itself has.
var operatorFaults = map[history.Fault]operator.Fault{
	phoneBroken:      {Kind: operator.Broken},
	phoneLostBefore:  {Kind: operator.LostBefore},
	phoneLostAfter:   {Kind: operator.LostAfter},
	phoneTooMany:     {Kind: operator.TooMany},
	phoneUndelivered: {Kind: operator.Undelivered},
}
