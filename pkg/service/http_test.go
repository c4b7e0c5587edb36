package service

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// opened is a port of its own.
func opened(t *testing.T) net.Listener {
	t.Helper()
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// serving serves until the returned function stops it, which returns what serve did.
func serving(t *testing.T, l net.Listener, s *http.Server, grace time.Duration) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, l, s, grace) }()
	t.Cleanup(cancel)
	return func() error {
		cancel()
		return <-done
	}
}

func TestARunningRequestIsFinishedAtAStop(t *testing.T) {
	t.Parallel()
	began, finish := make(chan struct{}), make(chan struct{})
	l := opened(t)
	stop := serving(t, l, newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-finish
		_, _ = io.WriteString(w, "done")
	})), time.Minute)
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		answer <- string(body)
	}()
	<-began
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for { // nothing new is taken
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		_ = c.Close()
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped before the request ended: %v", err)
	default:
	}
	close(finish)
	if got := <-answer; got != "done" {
		t.Errorf("%q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestARequestThatNeverEndsIsCutAtAStop(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	l := opened(t)
	stop := serving(t, l, newServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
	})), 20*time.Millisecond)
	go func() {
		if r, err := http.Get("http://" + l.Addr().String()); err == nil {
			_ = r.Body.Close()
		}
	}()
	<-began
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestASlowSenderOfHeadersIsCut(t *testing.T) {
	t.Parallel()
	s := newServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("handled") }))
	if s.ReadHeaderTimeout <= 0 || s.ReadHeaderTimeout > 10*time.Second || s.IdleTimeout <= 0 || s.IdleTimeout > 5*time.Minute || s.MaxHeaderBytes > 64<<10 {
		t.Errorf("headers within %v and %d bytes, idle for %v", s.ReadHeaderTimeout, s.MaxHeaderBytes, s.IdleTimeout)
	}
	s.ReadHeaderTimeout = 20 * time.Millisecond
	l := opened(t)
	stop := serving(t, l, s, time.Second)
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("not cut: %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestAPortThatBreaksIsAnError(t *testing.T) {
	t.Parallel()
	l := opened(t)
	_ = l.Close()
	if err := ServeHTTP(t.Context(), l, NewHealth()); err == nil {
		t.Error("no error")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ServeHTTP(ended, opened(t), NewHealth()); err != nil {
		t.Errorf("stopped before it began: %v", err)
	}
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	taken := opened(t).Addr().String()
	for address, want := range map[string]string{
		taken:               taken + " is in use by another program",
		"127.0.0.1":         "listen on 127.0.0.1: address 127.0.0.1: missing port in address",
		"127.0.0.1:99999":   "listen on 127.0.0.1:99999: address 99999: invalid port",
		"203.0.113.1:8080":  "listen on 203.0.113.1:8080: bind: cannot assign requested address",
		"127.0.0.1:no-port": "listen on 127.0.0.1:no-port: ",
	} {
		l, err := Listen(address)
		if err == nil {
			_ = l.Close()
			t.Errorf("%s was opened", address)
		} else if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q, want %q", err, want)
		}
	}
}
