package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	auditv1 "github.com/bonychat/puente/proto/gen/puente/audit/v1"
	"github.com/bonychat/puente/services/control/backward"
)

// Query chooses acts. Empty fields do not choose.
type Query struct {
	Since         time.Time
	Actor, Target string
	// Before is the place that the page before gave; 0 begins with the newest.
	Before uint64
	// Limit is how many at most. Required.
	Limit int
	// WithoutPreviews leaves out what [IsPreview] says of.
	WithoutPreviews bool
}

// Preview is the word of a detail that says that an act was to change nothing.
const Preview = "dry run"

// IsPreview says that an act only looked: it changed nothing, and was not to. One that was refused is none.
func IsPreview(r *auditv1.Record) bool {
	return (r.GetOutcome() == "ok" || r.GetOutcome() == "begun") && slices.Contains(strings.Split(r.GetDetail(), ", "), Preview)
}

// errOlder ends a reading: what follows is older than was asked for.
var errOlder = errors.New("older")

// List lists acts, the newest first. next is [Query.Before] for the page that follows, 0 where there is none; a page may be
// short, or empty, and not the last. An act that ends while it is listed page by page may be in two pages: it stands where
// it was written last.
func (l *Log) List(ctx context.Context, q Query) (acts []*auditv1.Record, next uint64, err error) {
	listed := map[string]bool{} // an act that ends while it is listed is read as begun and as ended: the newest comes first
	next, err = backward.Read(ctx, l.bus, topology.Audit.Name, topology.AuditSubject("*"), q.Before, func(m *bus.Message) error {
		if listed[m.Subject] {
			return nil
		}
		r := &auditv1.Record{}
		if err := proto.Unmarshal(m.Data, r); err != nil {
			return fmt.Errorf("record %d of the audit: %w", m.Sequence, err)
		}
		switch {
		case m.Stored.Before(q.Since):
			return errOlder
		case q.Actor != "" && q.Actor != r.GetActor() || q.Target != "" && q.Target != r.GetTarget(),
			q.WithoutPreviews && IsPreview(r):
			return nil
		case len(acts) == q.Limit:
			return bus.ErrStop
		}
		acts, listed[m.Subject] = append(acts, r), true
		return nil
	})
	if errors.Is(err, errOlder) {
		return acts, 0, nil
	}
	return acts, next, err
}
