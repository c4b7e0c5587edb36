package httpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// Bounds of a connection, see [Client.Dial].
const (
	// DialTimeout bounds making one, TLS included.
	DialTimeout = 10 * time.Second
	// WriteTimeout bounds each write: a peer that reads no more is a lost connection.
	WriteTimeout = 20 * time.Second
)

// Address is where a connection with a protocol of the network's own goes.
type Address struct {
	// Host is a host name or an IP address, and a port: "smsc.example.com:2775".
	Host string
	// TLS makes it a TLS connection; the certificate has to be valid for Host.
	TLS bool
	// Guarded and Told mean the same as for a [Request]: Host came from outside, and perhaps from the network itself.
	Guarded, Told bool
}

// Dial connects. The context and [DialTimeout] bound only that: the connection outlives the context, and the caller closes it. Each write
// is bounded by [WriteTimeout], unless the caller sets a deadline for writing. Reads have no bound: the caller sets SetReadDeadline before
// each, since only it knows by when the peer has to answer.
//
// An error means that nothing was written: [outcome.Temporary], or [outcome.Reject] for a guarded address that is not public. No error, here
// or of the connection's methods, holds what was said; they name hosts and their addresses. HTTP_PROXY is not used.
func (c *Client) Dial(ctx context.Context, a Address) (net.Conn, error) {
	host, port, err := net.SplitHostPort(a.Host)
	number, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || host == "" || number == 0 {
		return nil, outcome.Reject(reason.BadAddress, nil)
	}
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	ctx, span := c.tracer.Start(ctx, "connect", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("network.transport", "tcp"),
		attribute.String("server.address", host),
		attribute.Int("server.port", int(number)),
	))
	defer span.End()
	own, err := c.connect(ctx, a, host)
	if err != nil {
		err = fmt.Errorf("connect to %s: %w", host, bare(err))
		span.SetStatus(codes.Error, "no connection")
		span.SetAttributes(attribute.String("error.type", errorType(err)))
		if errors.Is(err, errPrivate) {
			return nil, outcome.Reject(reason.NotPublic, err)
		}
		return nil, outcome.Temporary(reason.Unreachable, err)
	}
	return &conn{Conn: own}, nil
}

// connect dials by the guard's ways, and agrees on TLS.
func (c *Client) connect(ctx context.Context, a Address, host string) (net.Conn, error) {
	t := c.guard.plain
	if a.Guarded {
		trusted := stranger
		if a.Told {
			trusted = ofNetwork
		}
		if !c.guard.exempt.Load().reaches(strings.ToLower(a.Host), trusted) {
			t = c.guard.guarded
		}
	}
	plain, err := t.DialContext(ctx, "tcp", a.Host)
	if err != nil || !a.TLS {
		return plain, err
	}
	return agree(ctx, plain, host, t.TLSClientConfig)
}

// StartTLS makes a connection of [Client.Dial] a TLS connection, for protocols with STARTTLS. The certificate has to be valid for host, a
// name or an IP address. The context and [DialTimeout] bound it. A caller that reads through a buffer has to make sure that the buffer is
// empty: plain text from before must not be taken for part of the TLS connection. The returned connection has the bounds of Dial's. After an
// error, which is one of Dial's, the connection is closed.
func (c *Client) StartTLS(ctx context.Context, over net.Conn, host string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	ctx, span := c.tracer.Start(ctx, "start tls", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("server.address", host),
	))
	defer span.End()
	if own, ok := over.(*conn); ok {
		over = own.Conn
	}
	secure, err := agree(ctx, over, host, c.guard.plain.TLSClientConfig)
	if err != nil {
		err = fmt.Errorf("agree on TLS with %s: %w", host, bare(err))
		span.SetStatus(codes.Error, "no TLS")
		span.SetAttributes(attribute.String("error.type", errorType(err)))
		return nil, outcome.Temporary(reason.Unreachable, err)
	}
	return &conn{Conn: secure}, nil
}

// agree agrees on TLS with a host, or closes the connection.
func agree(ctx context.Context, plain net.Conn, host string, like *tls.Config) (net.Conn, error) {
	config := &tls.Config{}
	if like != nil {
		config = like.Clone()
	}
	config.ServerName, config.NextProtos = host, nil
	// the bounds of one who spoke in the clear before
	if err := plain.SetDeadline(time.Time{}); err != nil {
		plain.Close()
		return nil, err
	}
	secure := tls.Client(plain, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		plain.Close()
		return nil, err
	}
	return secure, nil
}

// conn bounds writes, and has errors that tell little.
type conn struct {
	net.Conn
	bounded atomic.Bool // the caller bounds writes
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	return n, bareOrNil(err)
}

func (c *conn) Write(p []byte) (int, error) {
	if !c.bounded.Load() {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(WriteTimeout)); err != nil {
			return 0, bare(err)
		}
	}
	n, err := c.Conn.Write(p)
	return n, bareOrNil(err)
}

// SetWriteDeadline implements [net.Conn]; a zero time gives the bound back to each write.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.bounded.Store(!t.IsZero())
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error {
	c.bounded.Store(!t.IsZero())
	return c.Conn.SetDeadline(t)
}

func bareOrNil(err error) error {
	if err == nil {
		return nil
	}
	return bare(err)
}
