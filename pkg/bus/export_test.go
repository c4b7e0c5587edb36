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

// Sever cuts the connection at once, as the death of the process does: nothing that runs can store anything more.
func (b *Bus) Sever() { b.nc.Close() }

// DeleteConsumers deletes all consumers of a stream behind their owners' backs.
func (b *Bus) DeleteConsumers(ctx context.Context, stream string) error {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	names := s.ConsumerNames(ctx)
	for name := range names.Name() {
		if err := s.DeleteConsumer(ctx, name); err != nil {
			return err
		}
	}
	return names.Err()
}

// ConsumerNames are the consumers that a stream has.
func (b *Bus) ConsumerNames(ctx context.Context, stream string) (names []string, err error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	list := s.ConsumerNames(ctx)
	for name := range list.Name() {
		names = append(names, name)
	}
	return names, list.Err()
}

// Remake deletes a stream and makes it anew, as a restore from an old backup does.
func (b *Bus) Remake(ctx context.Context, s Stream) error {
	if err := b.js.DeleteStream(ctx, s.Name); err != nil {
		return err
	}
	_, err := b.js.CreateStream(ctx, s.config(1))
	return err
}

// ReplayUntil replays as [Bus.Replay] does and stops short of an end, as a process that dies there: before anything is
// published, or before the letters are removed.
func (b *Bus) ReplayUntil(ctx context.Context, letters []Letter, published bool) error {
	loaded, err := b.loadLetters(ctx, letters)
	if err != nil {
		return err
	}
	if published {
		_, err = b.replayParts(ctx, loaded)
		return err
	}
	parts, err := b.unsent(ctx, loaded)
	if err == nil {
		_, _, err = b.raise(ctx, parts)
	}
	return err
}
