package provider

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/pkg/weburl"
)

// Bounds of [Client].
const (
	// DefaultTimeout bounds one request, answer included.
	DefaultTimeout = 20 * time.Second
	// MaxAnswer is the largest answer that is read into memory where a request names no other, in bytes.
	MaxAnswer = 1 << 20
)

// Client is a network's way out over HTTP: time-outs, pooled connections, bounded bodies, the address guard, a span
// for each request, and errors that hold no URL (it may hold a token) and no body. It is safe for concurrent use.
//
// A request that was written and not answered is [Uncertain], unless it is [Request].Idempotent; one that was never written
// is tried again. An answer
// with a status of 400 and above is no error here: see [Response.Err].
type Client struct {
	http   *http.Client
	guard  *guard
	tracer trace.Tracer
	meter  *meter.Meter
}

// Request is one call.
type Request struct {
	// Method defaults to POST with a body and GET without.
	Method string
	// URL is where to, http or https. It may hold a token: no error, log or span shows more of it than the host.
	URL string
	// Header goes with it beside User-Agent.
	Header http.Header
	// Body is sent as it is; ContentType goes with it.
	Body        io.Reader
	ContentType string
	// Length is that of a Body in bytes, for one that is streamed to a network that wants it told; 0 where the body
	// tells it itself, or nobody knows.
	Length int64
	// Guarded says that the URL came from outside: private, loopback and link-local addresses are refused ([Reject]),
	// but for the files that this gateway stores. What is configured needs no guard; where it redirects to, on another
	// host, is guarded in any case.
	Guarded bool
	// Told says, with Guarded, that the network itself named the URL, in a verified call or an answer, and no contact and
	// no agent: then the hosts that its account configures are reached too.
	Told bool
	// Timeout bounds the whole call; default 20 s.
	Timeout time.Duration
	// Held says that the far end keeps the request until it has something to say: it takes no connection from others.
	Held bool
	// Idempotent says that the call may be made again at will, as one that only asks may be: where its answer is lost, the
	// error is [Temporary], and not [Uncertain].
	Idempotent bool
	// NoAnswer is the reason of that error, in words of the network: "Telegram did not answer". Default [reason.NoAnswer].
	NoAnswer reason.Reason
	// MaxAnswer is the largest answer that [Client.Do] reads, in bytes; default [MaxAnswer].
	MaxAnswer int64
}

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

// Do calls and reads the answer. A longer answer than it may be is cut there.
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

// Open calls and leaves the body to the caller: for files.
func (c *Client) Open(ctx context.Context, r Request) (*Stream, error) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	req, err := c.request(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	ctx, span := c.startSpan(req)
	defer span.End()

	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// any byte of it may be enough for the far end, so an error here counts as written too
		WroteHeaders: func() { written.Store(true) },
	})
	begun := time.Now()
	resp, err := c.http.Do(req.WithContext(ctx))
	c.measure(ctx, r, req.Method, resp, err, time.Since(begun))
	if err != nil {
		cancel()
		err = fmt.Errorf("call %s: %w", req.URL.Hostname(), bare(err))
		span.SetStatus(codes.Error, "no answer")
		span.SetAttributes(attribute.String("error.type", errorType(err)))
		switch {
		case errors.Is(err, errPrivate):
			return nil, Reject(reason.NotPublic, err)
		case written.Load():
			return nil, r.unanswered(err)
		default:
			return nil, Temporary(reason.Unreachable, err)
		}
	}
	span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
	if resp.StatusCode >= 400 {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", strconv.Itoa(resp.StatusCode)))
	}
	return &Stream{Status: resp.StatusCode, Header: resp.Header, Body: &closer{resp.Body, cancel}}, nil
}

// measure measures one request by what was answered. What the far end holds says nothing: it answers when it has news.
func (c *Client) measure(ctx context.Context, r Request, method string, resp *http.Response, err error, took time.Duration) {
	switch {
	case r.Held:
	case err != nil:
		c.meter.Called(ctx, method, 0, errorType(err), took)
	default:
		c.meter.Called(ctx, method, resp.StatusCode, "", took)
	}
}

// unanswered classifies a request that was written, where nobody can tell what became of it.
func (r Request) unanswered(cause error) error {
	if r.Idempotent {
		if r.NoAnswer.IsZero() {
			return Temporary(reason.NoAnswer, cause)
		}
		return Temporary(r.NoAnswer, cause)
	}
	return uncertain(reason.NoAnswer, cause)
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	if r.Method == "" {
		r.Method = http.MethodGet
		if r.Body != nil {
			r.Method = http.MethodPost
		}
	}
	if r.Guarded {
		t := stranger
		if r.Told {
			t = ofNetwork
		}
		ctx = context.WithValue(ctx, guardKey{}, t)
	}
	if r.Held {
		ctx = context.WithValue(ctx, heldKey{}, true)
	}
	address, err := weburl.Normal(r.URL)
	if err != nil {
		return nil, Reject(reason.NotAllowed.With("detail", err), nil)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, r.Body)
	if err != nil {
		return nil, Reject(reason.BadAddress, nil)
	}
	if r.Length > 0 {
		req.ContentLength = r.Length
	}
	req.Header.Set("User-Agent", version.UserAgent())
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	return req, nil
}

// startSpan follows OpenTelemetry's HTTP conventions, but for url.full: it may hold a token.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
func (c *Client) startSpan(r *http.Request) (context.Context, trace.Span) {
	_, digits, _ := net.SplitHostPort(hostPort(r.URL))
	port, _ := strconv.Atoi(digits)
	return c.tracer.Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", r.Method),
		attribute.String("server.address", r.URL.Hostname()),
		attribute.Int("server.port", port),
	))
}

// errorType is the kind of a missing answer, of a closed set.
func errorType(err error) string {
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
		return "timeout"
	}
	return "_OTHER"
}

var errBroken = errors.New("the connection broke, or the answer is not HTTP")

// bare is an error of net/http without what it may quote: the URL, which may hold a token, a header or the answer.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op // names addresses only
	}
	if cert, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return cert // names hosts only
	}
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF, http.ErrSchemeMismatch} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errBroken
}
