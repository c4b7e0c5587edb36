// Package audit keeps who did what by the control API, in the stream AUDIT: every act that changes something, every look at
// content, and refusals, of which it keeps a bounded number.
package audit

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	auditv1 "github.com/bonychat/puente/proto/gen/puente/audit/v1"
	"github.com/bonychat/puente/services/control/auth"
)

// Outcomes of acts besides the codes of errors.
const (
	// Begun is all that is known of an act whose process ended before it had, or could not write what came of it.
	Begun = "begun"
	OK    = "ok"
	// NotDone is an act that ended without an error and changed nothing all the same: a network took no registration.
	NotDone = "not_done"
)

// storeWithin is how long a record may take to be stored.
const storeWithin = 5 * time.Second

// Log is the audit. It is safe for concurrent use.
type Log struct {
	bus      *bus.Bus
	log      *slog.Logger
	refusals refusals
}

// New writes to the stream AUDIT.
func New(b *bus.Bus, log *slog.Logger) *Log { return &Log{bus: b, log: log} }

// Act is what somebody asks for. It holds no content, no address and no credential.
type Act struct {
	// Procedure is the path of the procedure.
	Procedure string
	// Target is a channel, a message's id or a file; "" for all.
	Target string
	// Detail is what is asked for in a few words.
	Detail string
	// Reason is the one that the operator gives.
	Reason string
}

// Begin stores that the caller of the context begins an act. An act whose record cannot be stored must not be done: the error
// has the code unavailable. end stores what came of it: its error, or that nothing was done though there was none. came, if it is not
// "", goes behind the detail: how much of what was done.
func (l *Log) Begin(ctx context.Context, a Act) (end func(came string, notDone bool, err error), err error) {
	id, r := uuid.Must(uuid.NewV7()).String(), record(ctx, a, Begun)
	if err := l.store(ctx, id, r); err != nil {
		return nil, connect.NewError(connect.CodeUnavailable, fmt.Errorf("refused, since it could not be written to the audit: %w", err))
	}
	return func(came string, notDone bool, err error) {
		r := proto.CloneOf(r)
		if came != "" && r.GetDetail() != "" {
			came = ", " + came
		}
		r.Detail = cut(r.GetDetail() + came)
		if r.Outcome = outcomeOf(err); err == nil && notDone {
			r.Outcome = NotDone
		}
		if err := l.store(ctx, id, r); err != nil {
			l.log.Error("audit: what came of an act is not stored", "procedure", a.Procedure, "actor", r.GetActor(), "outcome", r.GetOutcome(), "err", err)
		}
	}, nil
}

// store stores a record, though the caller who waits for the act may have hung up.
func (l *Log) store(ctx context.Context, id string, r *auditv1.Record) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
	defer cancel()
	_, err := l.bus.Publish(ctx, bus.Post{Subject: topology.AuditSubject(id), Body: r})
	return err
}

// record is what is written of an act.
func record(ctx context.Context, a Act, outcome string) *auditv1.Record {
	c := auth.From(ctx)
	return &auditv1.Record{
		At: timestamppb.Now(), Actor: c.Name, Role: c.Role, From: c.From, Procedure: a.Procedure,
		Target: cut(a.Target), Detail: cut(a.Detail), Outcome: outcome, Reason: cut(a.Reason),
	}
}

// most is how many characters a text of a record has.
const most = 200

func cut(s string) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func outcomeOf(err error) string {
	if err == nil {
		return OK
	}
	return cmp.Or(connect.CodeOf(err).String(), "unknown")
}
