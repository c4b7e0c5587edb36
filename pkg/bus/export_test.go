package bus

import "context"

// ForgetIDs makes a stream forget the message ids it remembers, as a restart of the server does.
func (b *Bus) ForgetIDs(ctx context.Context, stream string) error {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	c := s.CachedInfo().Config
	window := c.Duplicates
	c.Duplicates = 100_000_000 // 100 ms, the shortest
	if _, err := b.js.UpdateStream(ctx, c); err != nil {
		return err
	}
	if err := pause(ctx, 300_000_000); err != nil {
		return err
	}
	c.Duplicates = window
	_, err = b.js.UpdateStream(ctx, c)
	return err
}
