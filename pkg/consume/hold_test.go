package consume_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// holder handles whatever comes, and holds the first of it until it is told to let go.
type holder struct {
	mu      sync.Mutex
	done    []string
	release func()
	came    chan struct{} // one for each
}

func (h *holder) handle(e *consume.Entry, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.done) == 0 {
		h.release = e.Hold()
	}
	h.done = append(h.done, id)
	h.came <- struct{}{}
}

// way is one of the ways of reading: how an entry is published, and how it is read, until the context ends.
type way struct {
	post func(n int) bus.Post
	run  func(context.Context, *bus.Bus, *holder) error
}

var ways = map[string]way{
	"feed": {
		post: func(n int) bus.Post { return text("A", "ann", n) },
		run: func(ctx context.Context, b *bus.Bus, h *holder) error {
			return consume.Work{Stream: topology.Messages, Verb: "test", Handle: func(_ context.Context, e *consume.Entry) error {
				h.handle(e, e.ID)
				return nil
			}}.Run(ctx, b, shardtest.Sole(b))
		},
	},
	"follow": {
		post: func(n int) bus.Post {
			key := fmt.Sprintf("A-ann-%06d", n)
			return bus.Post{Subject: topology.OutcomeSubject(network, "A", key), ID: key, Body: &eventv1.Event{}}
		},
		run: func(ctx context.Context, b *bus.Bus, h *holder) error {
			return consume.Follow{Stream: topology.Outcomes(network), Verb: "test", Split: func(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
				return []consume.Task{{Lane: "ann", Do: func(context.Context) error { h.handle(e, e.ID); return nil }}}, nil
			}}.Run(ctx, b, shardtest.Sole(b))
		},
	},
}

// What is held is not finished, though what is behind it in its lane is handled meanwhile: whoever comes after handles it again,
// unless it was let go. So both ways of reading.
func TestWhatIsHeldIsReadAgain(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		for _, released := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, released %t", name, released), func(t *testing.T) {
				t.Parallel()
				b := bustest.Start(t, network).Connect("test")
				var ids []string
				for n := range 3 {
					if _, err := b.Publish(t.Context(), way.post(n)); err != nil {
						t.Fatal(err)
					}
					ids = append(ids, way.post(n).ID)
				}
				// process reads until so many came, and stops
				process := func(expect int, release bool) []string {
					h := &holder{came: make(chan struct{}, 100)}
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					ended := make(chan error, 1)
					go func() { ended <- way.run(ctx, b, h) }()
					for range expect {
						<-h.came
					}
					if release {
						h.release()
					}
					cancel()
					if err := <-ended; err != nil {
						t.Error(err)
					}
					return h.done
				}
				if got := process(3, released); !slices.Equal(got, ids) {
					t.Fatalf("%v were handled while the first was held", got)
				}
				if released { // a fourth shows where the next one begins
					if _, err := b.Publish(t.Context(), way.post(3)); err != nil {
						t.Fatal(err)
					}
					if got := process(1, true); !slices.Equal(got, []string{way.post(3).ID}) {
						t.Errorf("of what was finished %v came again", got)
					}
					return
				}
				if got := process(1, true); len(got) == 0 || got[0] != ids[0] {
					t.Errorf("what was held is not read again: %v", got)
				}
			})
		}
	}
}
