package consume_test

import (
	"context"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"
)

// TestWhatIsNotDeliveredIsAskedFor: a broker that goes on saying that it is there, and delivers nothing, holds nothing back.
func TestWhatIsNotDeliveredIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, network)
			b := s.Connect("test")
			h := &holder{came: make(chan struct{}, 100)}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- way.run(ctx, b, h) }()
			bustest.Publish(t, b, way.post(0))
			<-h.came
			for _, stream := range []string{topology.Messages.Name, topology.Outcomes(network).Name} {
				s.PauseConsumers(stream)
			}
			bustest.Publish(t, b, way.post(1))
			bustest.Eventually(t, "what is stored is handled", func() bool { return len(h.came) > 0 })
			h.release()
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}
