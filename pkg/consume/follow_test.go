package consume_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestAFollowedStreamThatLostItsEndIsReadFromItsStart: by a process that goes on, too; also where its numbers have caught up when
// that is seen.
func TestAFollowedStreamThatLostItsEndIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	outcome := func(n int) bus.Post {
		key := fmt.Sprintf("m%d-0", n)
		return bus.Post{Subject: topology.OutcomeSubject(network, "A", key), ID: key, Body: &eventv1.Event{}}
	}
	call := func(n int) bus.Post {
		return bus.Post{Subject: topology.WebhookSubject(network, "A"), ID: fmt.Sprint(n), Body: &eventv1.Event{}}
	}
	const before = 20
	for _, stream := range []topology.Stream{topology.Outcomes(network), topology.Webhooks(network)} {
		post := call
		if stream.Name == topology.Outcomes(network).Name {
			post = outcome
		}
		for _, after := range []int{3, 2 * before} {
			t.Run(fmt.Sprintf("%s, %d new ones", stream.Name, after), func(t *testing.T) {
				t.Parallel()
				s := bustest.Start(t, network)
				publisher, b := s.Connect("ingress"), s.Connect("translator")
				var mu sync.Mutex
				done := map[string]bool{}
				split := func(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
					return []consume.Task{{Lane: "ann", Do: func(context.Context) error {
						mu.Lock()
						defer mu.Unlock()
						done[e.ID] = true
						return nil
					}}}, nil
				}
				count := func() int { mu.Lock(); defer mu.Unlock(); return len(done) }
				ctx, cancel := context.WithCancel(context.Background())
				ended := make(chan error, 1)
				go func() {
					ended <- consume.Follow{Stream: stream, Verb: "test", Split: split}.Run(ctx, b, shardtest.Sole(b))
				}()
				defer func() { cancel(); <-ended }()
				for n := range before {
					bustest.Publish(t, publisher, post(n))
				}
				bustest.Eventually(t, "all are handled", func() bool { return count() == before })
				s.Remake(stream.Name)
				for n := range after {
					bustest.Publish(t, publisher, post(before+n))
				}
				bustest.Eventually(t, "what came since is handled", func() bool { return count() == before+after })
			})
		}
	}
}
