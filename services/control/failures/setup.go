package failures

import (
	"context"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Bounds of what is remembered of dead letters.
const (
	// setupFor is how far back they are remembered.
	setupFor = 24 * time.Hour
	// mostSetup is how many are, the newest: about 10 MB.
	mostSetup = 20_000
	// setupAnew is how often all are read anew: what went out of the stream's middle while as much at its beginning did is not
	// noticed before.
	setupAnew = time.Hour
)

// setupLetters are the dead letters of the last day that are the fault of how something is set up. Status asks for them each time
// that somebody looks: so the stream is read once, and then what is new in it. The zero value is ready to use.
type setupLetters struct {
	mu      sync.Mutex
	stream  bus.StreamState      // as it was read
	anew    time.Time            // when all were read
	letters []*controlv1.Failure // the oldest first
}

// Setup are what failed in the last 24 hours by the fault of how something is set up, by reason: of dead letters, at most the
// newest 20,000. It costs a question to the stream, and the reading of what came since the last one.
func (s *Service) Setup(ctx context.Context) ([]*controlv1.FailureGroup, error) {
	since := time.Now().Add(-setupFor)
	dead, err := s.setup.of(ctx, s, since)
	if err != nil {
		return nil, err
	}
	c := counts{groups: map[string]*controlv1.FailureGroup{}, seen: map[string]bool{}}
	for _, x := range slices.Backward(dead) {
		c.add(x)
	}
	told, err := s.History.Summary(ctx, &controlv1.FailureFilter{Fault: reason.Setup, Since: timestamppb.New(since), Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT})
	if err != nil {
		return nil, err
	}
	return sorted(append(c.list(), told.GetGroups()...)), nil
}

// of are those since a time. What it returns is not changed any more.
func (l *setupLetters) of(ctx context.Context, s *Service, since time.Time) ([]*controlv1.Failure, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, err := s.Bus.State(ctx, topology.Dead.Name)
	if err != nil {
		return nil, err
	}
	// one that was taken out of the middle leaves a gap
	if !now.Created.Equal(l.stream.Created) || now.Deleted > l.stream.Deleted || now.Last < l.stream.Last || time.Since(l.anew) > setupAnew {
		err = l.readAll(ctx, s, since)
	} else if now.Last > l.stream.Last {
		err = l.readNew(ctx, s, now.Last)
	}
	if err != nil {
		return nil, err
	}
	l.stream = now
	begin := 0
	for begin < len(l.letters) && (l.letters[begin].GetNumber() < now.First || l.letters[begin].GetTime().AsTime().Before(since)) {
		begin++
	}
	l.letters = slices.Clone(l.letters[max(begin, len(l.letters)-mostSetup):])
	return l.letters, nil
}

// readAll reads all since a time.
func (l *setupLetters) readAll(ctx context.Context, s *Service, since time.Time) error {
	filter := &controlv1.FailureFilter{Fault: reason.Setup, Since: timestamppb.New(since)}
	var all []*controlv1.Failure
	for before := uint64(0); ; {
		next, err := s.letters(ctx, filter, before, func(_ deadletter.Whole, x *controlv1.Failure) error {
			if len(all) == mostSetup {
				return bus.ErrStop
			}
			all = append(all, x)
			return nil
		})
		if err != nil {
			return err
		}
		if before = next; next == 0 || len(all) == mostSetup {
			break
		}
	}
	slices.Reverse(all)
	l.letters, l.anew = all, time.Now()
	return nil
}

// readNew reads what came since the last reading, up to a number.
func (l *setupLetters) readNew(ctx context.Context, s *Service, last uint64) error {
	all := slices.Clip(l.letters)
	err := s.Bus.Between(ctx, topology.Dead.Name, deadletter.Filter("", ""), l.stream.Last+1, last, func(m *bus.Message) error {
		if x := failureOf(deadletter.Open(m)); x.GetWhy().GetFault() == reason.Setup {
			all = append(all, x)
		}
		return nil
	})
	if err == nil {
		l.letters = all
	}
	return err
}
