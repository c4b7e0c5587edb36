package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	auditv1 "github.com/bonychat/puente/proto/gen/puente/audit/v1"
)

// Query chooses acts. Empty fields do not choose.
type Query struct {
	Since         time.Time
	Actor, Target string
	// Before is the place of the last act of the page before; 0 begins with the newest.
	Before uint64
	// Limit is how many at most. Required.
	Limit int
}

const (
	// window is how many places are read at once.
	window = 1000
	// mostLookedAt is how many places are looked at for one page. A page may be short, or empty, and not the last.
	mostLookedAt = 20 * window
)

// List lists acts, the newest first. next is [Query.Before] for the page that follows, 0 where there is none. An act that ends
// while it is listed page by page may be in two pages: it stands where it was written last.
func (l *Log) List(ctx context.Context, q Query) (acts []*auditv1.Record, next uint64, err error) {
	state, err := l.bus.State(ctx, topology.Audit.Name)
	if err != nil {
		return nil, 0, err
	}
	end := state.Last // the newest that is looked at
	if q.Before > 0 {
		end = min(end, q.Before-1)
	}
	for looked := 0; end >= max(state.First, 1); looked += window {
		if looked >= mostLookedAt {
			return acts, end + 1, nil
		}
		begin := max(state.First, 1)
		if end >= window {
			begin = max(begin, end-window+1)
		}
		page, err := l.read(ctx, begin, end)
		if err != nil {
			return nil, 0, err
		}
		for _, m := range slices.Backward(page) {
			r := &auditv1.Record{}
			if err := proto.Unmarshal(m.Data, r); err != nil {
				return nil, 0, fmt.Errorf("record %d of the audit: %w", m.Sequence, err)
			}
			if m.Stored.Before(q.Since) {
				return acts, 0, nil
			}
			if q.Actor != "" && q.Actor != r.GetActor() || q.Target != "" && q.Target != r.GetTarget() {
				continue
			}
			if len(acts) == q.Limit {
				return acts, m.Sequence + 1, nil
			}
			acts = append(acts, r)
		}
		end = begin - 1
	}
	return acts, 0, nil
}

// read reads places from begin to end, the oldest first.
func (l *Log) read(ctx context.Context, begin, end uint64) (page []*bus.Message, err error) {
	err = l.bus.Between(ctx, topology.Audit.Name, topology.AuditSubject("*"), begin, end, func(m *bus.Message) error {
		page = append(page, m)
		return nil
	})
	return page, err
}
