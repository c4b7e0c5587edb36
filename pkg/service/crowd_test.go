package service

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConnectionsStayWellBelowTheDescriptors(t *testing.T) {
	t.Parallel()
	for descriptors, want := range map[uint64]Connections{
		256:     {Public: 64, Internal: 16, Outbound: 32},
		1024:    {Public: 256, Internal: 64, Outbound: 128},
		1 << 20: {Public: 1 << 16, Internal: 64, Outbound: 1 << 16},
		0:       {Public: 16, Internal: 16, Outbound: 16},
	} {
		if diff := cmp.Diff(want, ConnectionsOf(descriptors)); diff != "" {
			t.Errorf("%d descriptors: %s", descriptors, diff)
		}
	}
}

// request asks on a connection that is kept open, and returns the status.
func request(t *testing.T, c net.Conn) int {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

func dialled(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Connections that are kept open for nothing shut nobody out, and there are never more than are allowed.
func TestIdleCallersMakeRoom(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const most = 4
	l := newCrowd(inner, most)
	stop := serving(t, l, newServer(NewHealth()), time.Second)
	var callers []net.Conn
	for range 5 * most {
		c := dialled(t, l)
		callers = append(callers, c)
		if status := request(t, c); status != http.StatusOK {
			t.Fatalf("caller %d: %d", len(callers), status)
		}
		if n := len(l.room); n > most {
			t.Fatalf("%d are in, %d are allowed", n, most)
		}
	}
	// the first has gone, the last is in
	_ = callers[0].SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := callers[0].Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the one that was idle for longest: %v", err)
	}
	if status := request(t, callers[len(callers)-1]); status != http.StatusOK {
		t.Errorf("the last: %d", status)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Who is in a request is not sent away: who comes waits, and is let in when the request has ended.
func TestACallerWaitsWhileAllAreBusy(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newCrowd(inner, 1)
	began, finish := make(chan struct{}, 2), make(chan struct{})
	stop := serving(t, l, newServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		began <- struct{}{}
		<-finish
	})), time.Second)
	answers := make(chan int, 2)
	for range 2 {
		c := dialled(t, l)
		go func() { answers <- request(t, c) }()
	}
	<-began
	close(finish)
	for range 2 {
		if status := <-answers; status != http.StatusOK {
			t.Errorf("%d", status)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); err == nil {
		t.Error("a closed port lets somebody in")
	}
}

// A port that is closed while it is full ends.
func TestAFullPortCanBeClosed(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newCrowd(inner, 1)
	dialled(t, l)
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	ended := make(chan error, 1)
	go func() { _, err := l.Accept(); ended <- err }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_ = l.Close()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("no error")
		}
	case <-ctx.Done():
		t.Error("it waits for ever")
	}
}
