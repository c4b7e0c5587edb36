package httpclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// Bounds of [Client].
const (
	// DefaultTimeout bounds one request, answer included.
	DefaultTimeout = 20 * time.Second
	// MaxAnswer is the largest answer that is read into memory where a request names no other, in bytes.
	MaxAnswer = 1 << 20
)

// Client makes a network's HTTP requests and its connections of other protocols. It has time-outs, pooled connections, bounded bodies,
// the address guard, and a span for each request. Its errors hold no URL, which may hold a token, and no body. It is safe for
// concurrent use.
//
// The error of a request that was written and not answered is [outcome.Uncertain], unless it is [Request].Idempotent. That of a request
// that was never written is [outcome.Temporary]. An answer with a status of 400 and above is not an error here: see [Response.Err].
type Client struct {
	http     *http.Client
	guard    *guard
	tracer   trace.Tracer
	untraced bool // the tracer makes nothing: what it would be told is not put together
	meter    *meter.Meter
}

// Options are the settings of a [Client].
type Options struct {
	// Tracer makes a span for each request; nil makes none.
	Tracer trace.Tracer
	// Meter measures each request, except those that are [Request].Held; nil measures nothing.
	Meter *meter.Meter
	// Configured are addresses in the account (api, webhook_url), URLs of any scheme. Their host and port are exempt from the guard for
	// addresses that the network itself told ([Request].Told, [Address].Told).
	Configured []string
	// PublicURL is the public address of this gateway. The files that it stores, /media/ and an id, are exempt from the guard, and
	// nothing else there.
	PublicURL string
	// AllowAddresses are private ranges that attachments may be fetched from.
	AllowAddresses []netip.Prefix
	// MaxConnections is how many connections to one host may be open at once, idle ones included; default 1,024.
	MaxConnections int
}

// New makes a client. It does no I/O. Close its idle connections with [Client.Close].
func New(o Options) *Client {
	if o.MaxConnections == 0 {
		o.MaxConnections = 1024
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider().Tracer("")
	}
	plain := &net.Dialer{Timeout: 5 * time.Second}
	// the guard looks at the address that is really dialled, after name resolution, so that a name cannot lie
	guarded := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return errPrivate
		}
		if !public(ap.Addr().Unmap(), o.AllowAddresses) {
			return errPrivate
		}
		return nil
	}}
	transport := func(d *net.Dialer) *http.Transport {
		return &http.Transport{
			DialContext: d.DialContext, ForceAttemptHTTP2: true,
			// 1,024 to one host: at 100 ms an answer, 256 would be 2,560 sends a second. A connection that is closed
			// for want of room here is opened again for the next send.
			MaxIdleConns: 4 * o.MaxConnections, MaxIdleConnsPerHost: o.MaxConnections, MaxConnsPerHost: o.MaxConnections,
			IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	g := &guard{plain: transport(plain), guarded: transport(guarded), held: transport(plain)}
	g.plain.Proxy, g.held.Proxy = http.ProxyFromEnvironment, http.ProxyFromEnvironment
	// one for each channel that is listened to: a few hundred would take all those to one host from what is sent
	g.held.MaxConnsPerHost = 0
	c := &Client{tracer: o.Tracer, meter: o.Meter, guard: g, http: &http.Client{Transport: g, CheckRedirect: redirect}}
	_, c.untraced = o.Tracer.(noop.Tracer)
	c.Configure(o.PublicURL, o.Configured)
	return c
}

// send makes a request. What follows redirects goes through http.Client, which copies the headers for that.
func (c *Client) send(r *http.Request) (*http.Response, error) {
	if follows(r) {
		return c.http.Do(r)
	}
	if u := r.URL.User; u != nil && r.Header.Get("Authorization") == "" { // as http.Client does
		password, _ := u.Password()
		r.SetBasicAuth(u.Username(), password)
	}
	return c.guard.RoundTrip(r)
}

// Configure replaces [Options].PublicURL and [Options].Configured. It may be called while the client is used.
func (c *Client) Configure(publicURL string, addresses []string) {
	e := exempt{hosts: map[string]bool{}}
	for _, raw := range addresses {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			e.hosts[hostPort(u)] = true
		}
	}
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		e.files = u.JoinPath("media")
	}
	c.guard.exempt.Store(&e)
}

// Close ends the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// JSON posts a value as JSON.
func (c *Client) JSON(ctx context.Context, url string, header http.Header, body any) (*Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return c.Do(ctx, Request{URL: url, Header: header, Body: bytes.NewReader(data), ContentType: "application/json"})
}

// Form posts values as a form.
func (c *Client) Form(ctx context.Context, url string, header http.Header, body url.Values) (*Response, error) {
	return c.Do(ctx, Request{
		URL: url, Header: header, Body: strings.NewReader(body.Encode()), ContentType: "application/x-www-form-urlencoded",
	})
}

// Do makes a request and reads the answer. An answer longer than [Request].MaxAnswer is cut off there.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	stream, err := c.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer stream.Body.Close()
	most := r.MaxAnswer
	if most == 0 {
		most = MaxAnswer
	}
	body, err := io.ReadAll(io.LimitReader(stream.Body, most))
	if err != nil {
		return nil, r.unanswered(fmt.Errorf("read answer: %w", bare(err)))
	}
	return &Response{Status: stream.Status, Header: stream.Header, Body: body, request: Request{Idempotent: r.Idempotent}}, nil
}

// Open makes a request and leaves the body to the caller, for files.
func (c *Client) Open(ctx context.Context, r Request) (*Stream, error) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	var written atomic.Bool
	req, err := c.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// any byte of it may be enough for the server, so an error here counts as written too
		WroteHeaders: func() { written.Store(true) },
	}), r)
	if err != nil {
		cancel()
		return nil, err
	}
	req, span := c.startSpan(req)
	defer span.End()
	ctx = req.Context()
	begun := time.Now()
	resp, err := c.send(req)
	c.measure(ctx, r, req.Method, resp, err, time.Since(begun))
	if err != nil {
		cancel()
		err = fmt.Errorf("call %s: %w", req.URL.Hostname(), bare(err))
		span.SetStatus(codes.Error, "no answer")
		span.SetAttributes(attribute.String("error.type", errorType(err)))
		switch {
		case errors.Is(err, errPrivate):
			return nil, outcome.Reject(reason.NotPublic, err)
		case written.Load():
			return nil, r.unanswered(err)
		default:
			return nil, outcome.Temporary(reason.Unreachable, err)
		}
	}
	span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
	if resp.StatusCode >= 400 {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", strconv.Itoa(resp.StatusCode)))
	}
	return &Stream{Status: resp.StatusCode, Header: resp.Header, Body: &closer{resp.Body, cancel}}, nil
}
