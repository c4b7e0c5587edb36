// Package translator stands between the networks and the platform and knows neither: it maps contacts and message ids
// both ways, fits content to what the other side carries, maps numbered answers back, puts receipts in order under the
// id that the platform knows, writes the journal, and routes.
//
// Whatever it does for an event can be done twice without harm: it claims the event's id first ([record]), publishes under
// ids that derive from it, and lets the event leave its stream last.
package translator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/fit"
	"github.com/bonychat/puente/services/translator/internal/contacts"
	"github.com/bonychat/puente/services/translator/internal/journal"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// network is as much of what a network declares as is needed here. Its webhook policy is not read: one of a later version
// is no reason to lose the network.
type network struct {
	Carries     provider.Carries  `json:"carries"`
	Confirms    provider.Confirms `json:"confirms"`
	SendTimeout time.Duration     `json:"send_timeout"`
	Validity    time.Duration     `json:"validity"`
}

// Translator is the service.
type Translator struct {
	bus      *bus.Bus
	shards   *shard.Group
	log      *slog.Logger
	journal  *journal.Journal
	contacts *contacts.Book
	index    *record.Index
	channels channels
	declared directory.Declarations[network]
	locks    [256]sync.Mutex // by message: its state is changed and told by one at a time
}

// Run translates until the context ends.
func Run(ctx context.Context, env service.Env) error {
	b := env.Bus
	if err := provision.Await(ctx, b, topology.Messages.Name, topology.Index.Name, topology.Journal.Name, topology.Egress(topology.Platform).Name, topology.Outcomes(topology.Platform).Name); err != nil {
		return err
	}
	b.Measures(topology.Dead.Name)
	t := &Translator{bus: b, shards: env.Shards, log: env.Log, journal: journal.New(b), contacts: contacts.New(b, env.Log), index: record.New(b)}
	return t.run(ctx, env.Started)
}

// run does all there is to do, until the context ends or one of it cannot go on.
func (t *Translator) run(ctx context.Context, started func()) error {
	// it ends last: what the others have handled is finished when the journal has it
	defer t.journal.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	spawn := func(f func() error) {
		wg.Go(func() {
			defer cancel()
			err := f()
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	loaded := make(chan struct{})
	spawn(func() error { return t.declared.Follow(ctx, t.bus) })
	spawn(func() error { return t.followChannels(ctx, spawn, func() { close(loaded) }) })
	select {
	case <-loaded:
	case <-ctx.Done():
		wg.Wait()
		return errors.Join(errs...)
	}
	spawn(func() error {
		return consume.Work{Stream: topology.Messages, Verb: "translate", Handle: t.handle}.Run(ctx, t.bus, t.shards)
	})
	spawn(func() error { return t.followOutcomes(ctx, topology.Platform) })
	wg.Go(func() { t.endLost(ctx) })
	started()
	wg.Wait()
	return errors.Join(errs...)
}

// dead is what an event ends with that can go nowhere: it is left in the dead letters with the reason, which holds no
// personal data.
type dead struct{ why reason.Reason }

func (d dead) Error() string { return d.why.String() }

// handle takes one event from MESSAGES on its way. The journal says so where that ends here.
func (t *Translator) handle(ctx context.Context, e *consume.Entry) error {
	m := e.Event.GetMessage()
	if echo := e.Event.GetEcho(); echo != nil {
		m = echo.GetMessage()
	}
	if m.GetId() == "" || m.GetNetwork() == "" || m.GetChannel() == "" || m.GetContact().GetAddress() == "" {
		return consume.Permanent(reason.Misplaced.With("kind", fmt.Sprintf("%T", e.Event.GetKind())))
	}
	err := t.route(ctx, e, m)
	d, ok := errors.AsType[dead](err)
	if !ok {
		return err
	}
	contact := t.addressKey(m.GetChannel(), m.GetContact().GetAddress())
	if m.GetDirection() == messagev1.Direction_DIRECTION_OUTBOUND {
		contact = t.contacts.Key(m.GetChannel(), m.GetContact().GetAddress())
	}
	end := journal.Entry(m, contact, journalv1.Hop_HOP_DEAD)
	end.Reason, end.Why = d.why.String(), d.why.Proto()
	if err := t.journal.Write(ctx, journal.Accepted(m, contact), end); err != nil {
		return err
	}
	return consume.Permanent(d.why)
}

// repeated drops what came before, and says so.
func (t *Translator) repeated(ctx context.Context, e *consume.Entry, end *journalv1.Entry) error {
	err := t.journal.NoteOf(ctx, e, end)
	if err == nil {
		t.bus.Meter().Duplicate(ctx, end.GetNetwork())
	}
	return err
}

func (t *Translator) route(ctx context.Context, e *consume.Entry, m *messagev1.Message) error {
	fit.Clean(m)
	if echo := e.Event.GetEcho(); echo != nil {
		return t.echo(ctx, e, echo)
	}
	switch d := m.GetDirection(); d {
	case messagev1.Direction_DIRECTION_OUTBOUND:
		return t.outbound(ctx, e, m)
	case messagev1.Direction_DIRECTION_INBOUND:
		return t.inbound(ctx, e, m)
	default:
		return dead{reason.Misplaced.With("kind", fmt.Sprintf("a message of unknown direction: %s", d))}
	}
}
