package httpclient_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/telemetry"
)

// greets starts a server that says a line to whoever connects.
func greets(t *testing.T) (host string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "hello\n")
			c.Close()
		}
	}()
	return l.Addr().String()
}

// hello connects and reads the line.
func hello(t *testing.T, c *httpclient.Client, a httpclient.Address) error {
	t.Helper()
	conn, err := c.Dial(t.Context(), a)
	if err != nil {
		return err
	}
	defer conn.Close()
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "hello\n" {
		t.Errorf("read %q: %v", line, err)
	}
	return nil
}

func TestAConnectionIsGuardedLikeARequest(t *testing.T) {
	t.Parallel()
	host := greets(t)
	plain, configured := newClient(t, httpclient.Options{}), newClient(t, httpclient.Options{Configured: []string{"smpp://" + host}})
	for name, one := range map[string]struct {
		client *httpclient.Client
		a      httpclient.Address
		inside bool
	}{
		"configured by the account":           {plain, httpclient.Address{Host: host}, false},
		"named by anybody":                    {plain, httpclient.Address{Host: host, Guarded: true}, true},
		"named by anybody, and configured":    {configured, httpclient.Address{Host: host, Guarded: true}, true},
		"told by the network":                 {plain, httpclient.Address{Host: host, Guarded: true, Told: true}, true},
		"told by the network, and configured": {configured, httpclient.Address{Host: host, Guarded: true, Told: true}, false},
	} {
		err := hello(t, one.client, one.a)
		t.Run(name, func(t *testing.T) {
			if one.inside {
				refusedInside(t, err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	c := newClient(t, httpclient.Options{})
	for _, host := range []string{"", "example.com", ":2775", "example.com:", "example.com:smpp", "example.com:0", "example.com:65536", "tcp://example.com:1"} {
		if _, err := c.Dial(t.Context(), httpclient.Address{Host: host}); err == nil || outcome.Classify(err).Class != result.Rejected {
			t.Errorf("%q: %v", host, err)
		}
	}
}

func TestTLSBelievesOnlyTheHostsCertificate(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	s.Config.ErrorLog = nil
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	trusting, stranger := newClient(t, httpclient.Options{}), newClient(t, httpclient.Options{})
	trusting.Trust(roots)
	host := s.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(host)
	for name, one := range map[string]struct {
		client *httpclient.Client
		host   string
		good   bool
	}{
		"the host's own":               {trusting, host, true},
		"another host's":               {trusting, "localhost:" + port, false},
		"one that nobody signed":       {stranger, host, false},
		"none: the far end has no TLS": {trusting, greets(t), false},
	} {
		conn, err := one.client.Dial(t.Context(), httpclient.Address{Host: one.host, TLS: true})
		if err == nil {
			_, _ = io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
			answer, _ := io.ReadAll(conn)
			conn.Close()
			if !strings.Contains(string(answer), "404") {
				t.Errorf("%s: answered %q", name, answer)
			}
		}
		if (err == nil) != one.good || err != nil && outcome.Classify(err).Class != result.Retry {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAConnectionIsASpan(t *testing.T) {
	t.Parallel()
	nobody := strings.TrimPrefix(closed(t), "http://")
	for _, one := range []struct {
		name, host string
		code       codes.Code
		kind       string
	}{{"made", greets(t), codes.Unset, ""}, {"refused", nobody, codes.Error, "_OTHER"}} {
		t.Run(one.name, func(t *testing.T) {
			rec := telemetry.NewRecorder()
			c := newClient(t, httpclient.Options{Tracer: rec.Service("egress-test").Tracer()})
			err := hello(t, c, httpclient.Address{Host: one.host})
			if (err != nil) != (one.kind != "") || err != nil && outcome.Classify(err).Class != result.Retry {
				t.Errorf("error %v", err)
			}
			host, port, _ := net.SplitHostPort(one.host)
			want := map[string]string{"network.transport": "tcp", "server.address": host, "server.port": port}
			if one.kind != "" {
				want["error.type"] = one.kind
			}
			span := rec.Ended()[0]
			got := map[string]string{}
			for _, a := range span.Attributes() {
				got[string(a.Key)] = a.Value.Emit()
			}
			if diff := cmp.Diff(want, got); diff != "" || span.Name() != "connect" || span.SpanKind() != trace.SpanKindClient || span.Status().Code != one.code {
				t.Errorf("%s %v %v %s", span.Name(), span.SpanKind(), span.Status(), diff)
			}
		})
	}
}

// A server that reads no more does not hold a write for ever; a caller's own deadline is kept.
func TestWritesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := httpclient.New(httpclient.Options{})
		c.DialThrough(func(func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
			return func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe() // whose server reads nothing
				t.Cleanup(func() { theirs.Close() })
				return ours, nil
			}
		})
		conn, err := c.Dial(t.Context(), httpclient.Address{Host: "127.0.0.1:" + strconv.Itoa(1)})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		writes := func(want time.Duration) {
			t.Helper()
			begun := time.Now()
			if _, err := conn.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != want {
				t.Errorf("a write ends after %s, want %s: %v", time.Since(begun), want, err)
			}
		}
		writes(httpclient.WriteTimeout)
		writes(httpclient.WriteTimeout)
		_ = conn.SetWriteDeadline(time.Now().Add(time.Minute))
		writes(time.Minute)
		_ = conn.SetDeadline(time.Now().Add(time.Hour))
		writes(time.Hour)
		_ = conn.SetWriteDeadline(time.Time{})
		writes(httpclient.WriteTimeout)
	})
}
