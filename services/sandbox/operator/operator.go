package operator

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox/chat"
)

// Config is one account. Secret and WebhookURL are required.
type Config struct {
	// Secret is what the gateway must know to send, and what the webhook's calls carry.
	Secret provider.Secret
	// WebhookURL is where the gateway is called; it is asked for at every call, since a port may be chosen late.
	WebhookURL func() string
	// Delay is how long after acceptance a message reaches the phone; default 200 ms, negative for none.
	Delay time.Duration
	// Seed makes faults by probability the same in every run.
	Seed uint64
	// Phones bounds what the phones show.
	Phones chat.Limits
	// Record is how many accepted messages, and with them idempotency keys, are remembered; default 100,000.
	Record int
	// Pending is how many events may wait for the gateway; over it nothing more is taken. Default 20,000.
	Pending int
	// Workers is how many contacts' events are told at once; default 16.
	Workers int
	// Changed hears of every new and changed message on a phone; see [chat.New]. It may be nil.
	Changed func(contact string, e chat.Entry)
	// Log may be nil.
	Log *slog.Logger
}

// ErrFull says that the gateway has not taken so many events that no more fit.
var ErrFull = errors.New("too much waits for the gateway")

// Operator is one account with its phones. It is an http.Handler: the vendor's API. It is safe for concurrent use.
type Operator struct {
	cfg    Config
	log    *slog.Logger
	mux    *http.ServeMux
	phones *chat.Book
	lanes  *lanes
	prefix string // ids of another run differ, since the gateway remembers them for days

	mu       sync.Mutex // held over acceptance, so that record, phone and receipts have one order
	count    uint64
	record   record
	faults   faults
	switches Switches
}

// Switches are the account's abilities.
type Switches struct {
	// Idempotency drops a repeat with a known key.
	Idempotency bool `json:"idempotency"`
	// Receipts tells what became of a message.
	Receipts bool `json:"receipts"`
}

// New makes an account with idempotency and receipts on. It does no I/O; what is to be told to the gateway waits for
// [Operator.Run].
func New(cfg Config) *Operator {
	if cfg.Delay == 0 {
		cfg.Delay = 200 * time.Millisecond
	}
	if cfg.Record == 0 {
		cfg.Record = 100_000
	}
	if cfg.Pending == 0 {
		cfg.Pending = 20_000
	}
	if cfg.Workers == 0 {
		cfg.Workers = 16
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	o := &Operator{
		cfg: cfg, log: cfg.Log, phones: chat.New(cfg.Phones, cfg.Changed), lanes: newLanes(cfg.Pending),
		prefix: strings.ToLower(rand.Text()[:10]), switches: Switches{Idempotency: true, Receipts: true},
		record: newRecord(cfg.Record), faults: faults{dice: mathrand.New(mathrand.NewPCG(cfg.Seed, 1))},
	}
	o.mux = http.NewServeMux()
	o.mux.HandleFunc("POST /messages", o.serveMessage)
	o.mux.HandleFunc("GET /account", o.serveAccount)
	return o
}

// Run tells the gateway what happens on the phones until the context ends. It may be run again.
func (o *Operator) Run(ctx context.Context) error {
	c := newCaller(o)
	defer c.close()
	o.lanes.run(ctx, o.cfg.Workers, c.deliver)
	return nil
}

// Write is a message typed on the contact's phone. Name may be "". The error is of customchannel.Problems or ErrFull.
func (o *Operator) Write(contact, name string, m customchannel.Message) (chat.Entry, error) {
	message, err := check(contact, m)
	if err != nil {
		return chat.Entry{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.lanes.room(1) {
		return chat.Entry{}, ErrFull
	}
	id, now := o.nextID(), time.Now()
	e := o.phones.Add(contact, chat.Entry{
		Direction: chat.Out, Time: now.UnixMilli(), MID: id, ID: id, Status: chat.Queued, Message: message,
	})
	if name != "" {
		o.phones.Name(contact, name)
	}
	o.lanes.push(laneKey{contact, typed}, item{
		due: now, seq: e.Seq,
		event: event{ID: id, From: contact, Name: name, Time: now.UnixMilli(), Message: message},
	})
	return e, nil
}

// Look opens the contact's conversation: what has come in is read, and the gateway is told.
func (o *Operator) Look(contact string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.lanes.room(1) {
		return // they stay unread until the next look
	}
	read := o.phones.UpdateAll(contact, func(e *chat.Entry) bool {
		return e.Direction == chat.In && e.Status == chat.Delivered
	}, func(e *chat.Entry) { e.Status = chat.Read })
	for _, e := range read {
		o.receipt(contact, e, chat.Read, "", time.Now())
	}
}

// Confirm moves the ticks of a message typed on the phone: the far side of the gateway has shown it. Ids differ
// there, so it is found by what it says, and else by its turn.
func (o *Operator) Confirm(contact string, m customchannel.Message) {
	message, _ := json.Marshal(m)
	waits := func(e *chat.Entry) bool { return e.Direction == chat.Out && e.Status.Before(chat.Failed) }
	o.phones.Update(contact, func(entries []chat.Entry) int {
		same := chat.Oldest(func(e *chat.Entry) bool { return waits(e) && string(e.Message) == string(message) })
		if i := same(entries); i >= 0 {
			return i
		}
		return chat.Oldest(waits)(entries)
	}, func(e *chat.Entry) { e.Status, e.Reason = chat.Delivered, "" })
}

// Phone is what the contact's phone shows, in order of arrival.
func (o *Operator) Phone(contact string) []chat.Entry { return o.phones.List(contact) }

// Contacts are the phones with something on them, the latest first.
func (o *Operator) Contacts() []chat.Contact { return o.phones.Contacts() }

// Record is everything accepted, in order, as far as it is remembered.
func (o *Operator) Record() []Accepted {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.record.list()
}

// Switches are the account's abilities as they are.
func (o *Operator) Switches() Switches {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.switches
}

// Switch changes the account's abilities.
func (o *Operator) Switch(s Switches) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.switches = s
}

// Waiting is how many events the gateway has not taken yet.
func (o *Operator) Waiting() int { return o.lanes.waiting() }

func (o *Operator) nextID() string {
	o.count++
	return fmt.Sprintf("%s-%08d", o.prefix, o.count)
}

// check returns the message as it is kept and sent, or customchannel.Problems. Unlike BonyChat, a phone shows a
// description with any attachment.
func check(contact string, m customchannel.Message) (json.RawMessage, error) {
	if _, err := customchannel.EncodeSend(&customchannel.Send{ContactID: contact, Message: m}); err != nil {
		return nil, err
	}
	return json.Marshal(m)
}
