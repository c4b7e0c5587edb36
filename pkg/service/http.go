package service

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// ServeHTTP serves until the context ends, then lets running requests finish, for a few seconds at most. A slow sender
// of headers is cut, and so is an idle connection; bodies and answers have their bounds in their handlers.
func ServeHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	return serve(ctx, l, newServer(h), 6*time.Second)
}

func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
}

func serve(ctx context.Context, l net.Listener, s *http.Server, grace time.Duration) error {
	if c, ok := l.(*crowd); ok {
		s.ConnState = c.heed
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if s.Shutdown(last) != nil {
		_ = s.Close() // a caller that never ends, such as a stream of events
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
