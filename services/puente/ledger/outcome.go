package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/puente/ledger/history"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// readTime bounds the reading of the bridge's own record.
const readTime = 2 * time.Minute

// outcomes finds out when the bridge had stored what became of each send: whether a repeat has an excuse follows from
// that, and not from how much later it came. The services have ended.
func (l *ledger) outcomes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	b, leave, err := l.bridge.broker()
	if err != nil {
		return err
	}
	defer leave()
	defer b.Close(ctx)
	stored := map[string]time.Time{}
	for _, far := range []string{l.options.network(), topology.Platform} {
		err := b.Each(ctx, topology.Outcomes(far).Name, []string{">"}, time.Time{}, func(m *bus.Message) error {
			var e eventv1.Event
			if err := proto.Unmarshal(m.Data, &e); err != nil {
				return err
			}
			if o := e.GetOutcome(); o != nil && record.Final(o.GetResult()) {
				stored[far+" "+sendOf(o)] = m.Stored
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("outcomes of %s: %w", far, err)
		}
	}
	if len(stored) == 0 {
		return errors.New("the bridge has stored no outcome at all")
	}
	l.recorder.Stored(l.options.network(), func(far, send string) time.Time { return stored[far+" "+send] })
	return nil
}

// sendOf names what was sent: a message by its id, a status by its value too.
func sendOf(o *eventv1.Outcome) string {
	if last := o.GetKey()[strings.LastIndex(o.GetKey(), "-")+1:]; history.IsStatus(last) {
		return o.GetId() + " " + last
	}
	return o.GetId()
}
