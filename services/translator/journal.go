package translator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// journal writes history for people. An entry is written without waiting, and waited for before its cause is
// acknowledged: history may tell a thing twice, but leaves nothing out.
type journal struct{ bus *bus.Bus }

// line is an entry with the address that must not stand in it.
type line struct {
	*journalv1.Entry
	address string
}

// begin writes lines and returns the function that waits for them.
func (j *journal) begin(ctx context.Context, lines ...line) func(context.Context) error {
	var waits []func(context.Context) error
	for _, l := range lines {
		if l.address != "" {
			l.Contact = j.bus.Digest("contact", l.GetChannel(), l.address)
		}
		l.TraceId = bus.TraceID(ctx)
		waits = append(waits, j.bus.PublishLater(ctx, bus.Post{
			Subject: bus.JournalSubject(l.GetNetwork(), l.GetChannel()), Body: l.Entry,
			ID: fmt.Sprintf("journal-%s-%d-%d-%d-%s-%d", l.GetId(), l.GetGeneration(), l.GetPart(), l.GetHop(), l.GetService(), l.GetAttempts()),
		}))
	}
	return func(ctx context.Context) error {
		var errs []error
		for _, wait := range waits {
			errs = append(errs, wait(ctx))
		}
		return errors.Join(errs...)
	}
}

// write writes lines and waits for them.
func (j *journal) write(ctx context.Context, lines ...line) error { return j.begin(ctx, lines...)(ctx) }

// entry is a hop of a message at the translator, now.
func entry(m *messagev1.Message, hop journalv1.Hop) line {
	return line{&journalv1.Entry{
		Id: m.GetId(), Generation: m.GetGeneration(), Network: m.GetNetwork(), Channel: m.GetChannel(), Service: "translator", Hop: hop,
		At: timestamppb.Now(),
	}, m.GetContact().GetAddress()}
}

// accepted is the hop before: when the message came in, at which service.
func accepted(m *messagev1.Message, service string) line {
	l := entry(m, journalv1.Hop_HOP_ACCEPTED)
	l.Service, l.At = service, m.GetAcceptedAt()
	return l
}

// outcomeLine is what became of a send.
func outcomeLine(far string, o *eventv1.Outcome, hop journalv1.Hop, ref string) line {
	return line{&journalv1.Entry{
		Id: o.GetId(), Generation: o.GetGeneration(), Part: o.GetPart(), Network: o.GetNetwork(), Channel: o.GetChannel(),
		Service: "egress-" + far, Hop: hop, At: o.GetAt(), Attempts: o.GetAttempts(), Reason: o.GetReason(), Ref: ref,
	}, o.GetAddress()}
}

// hopOf is the hop that a status is.
func hopOf(s eventv1.Status) journalv1.Hop {
	return journalv1.Hop(journalv1.Hop_value["HOP_"+strings.TrimPrefix(s.String(), "STATUS_")])
}
