package floor

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Cap sets how many messages of one channel a stream holds, until the streams are made again: a backlog beyond what is
// allowed has to be measured too.
func Cap(ctx context.Context, url, stream string, messages int64) error {
	nc, err := nats.Connect(url, nats.Name("floor-cap"), nats.Timeout(requestTimeout))
	if err != nil {
		return fmt.Errorf("connect to nats: %w", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(requestTimeout))
	if err != nil {
		return err
	}
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", stream, err)
	}
	c := s.CachedInfo().Config
	c.MaxMsgsPerSubject = messages
	if _, err := js.UpdateStream(ctx, c); err != nil {
		return fmt.Errorf("update %s: %w", stream, err)
	}
	return nil
}
