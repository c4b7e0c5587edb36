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

// ServeInternal is [ServeHTTP] for the internal port: it speaks HTTP/2 without TLS too, which gRPC needs.
func ServeInternal(ctx context.Context, l net.Listener, h http.Handler) error {
	s := newServer(h)
	s.Protocols = new(http.Protocols)
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	s.HTTP2 = &http.HTTP2Config{
		MaxConcurrentStreams: internalStreams, MaxReadFrameSize: 64 << 10,
		SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second, WriteByteTimeout: 30 * time.Second,
	}
	return serve(ctx, l, s, 6*time.Second)
}

// internalStreams is how many calls one HTTP/2 connection of the internal port may have at once.
const internalStreams = 32

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
