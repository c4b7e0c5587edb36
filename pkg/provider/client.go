package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
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
)

// Bounds of [Client].
const (
	// DefaultTimeout bounds one request, answer included.
	DefaultTimeout = 20 * time.Second
	// MaxAnswer is the largest answer that is read into memory, in bytes.
	MaxAnswer = 1 << 20
)

// Client is a network's way out over HTTP: time-outs, pooled connections, bounded bodies, the address guard, a span
// for each request, and errors that hold no URL (it may hold a token) and no body. It is safe for concurrent use.
//
// A request that was written and not answered is [Uncertain]; one that was never written is tried again. An answer
// with a status of 400 and above is no error here: see [Response.Err].
type Client struct {
	http   *http.Client
	tracer trace.Tracer
}

// Request is one call.
type Request struct {
	// Method defaults to POST with a body and GET without.
	Method string
	URL    string
	Header http.Header
	// Body is sent as it is; ContentType goes with it.
	Body        io.Reader
	ContentType string
	// Guarded says that the URL came from outside: private, loopback and link-local addresses are refused unless
	// they are configured. What is configured needs no guard.
	Guarded bool
	// Timeout bounds the whole call; default 20 s.
	Timeout time.Duration
}

// Response is an answer, its body read up to [MaxAnswer].
type Response struct {
	Status int
	Header http.Header
	Body   []byte
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

// Do calls and reads the answer. A longer answer than [MaxAnswer] is cut there.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	stream, err := c.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer stream.Body.Close()
	body, err := io.ReadAll(io.LimitReader(stream.Body, MaxAnswer))
	if err != nil {
		return nil, Uncertain(fmt.Errorf("read answer: %w", bare(err)))
	}
	return &Response{Status: stream.Status, Header: stream.Header, Body: body}, nil
}

// Stream is an answer whose body is still to be read, and closed by the caller.
type Stream struct {
	Status int
	Header http.Header
	Body   io.ReadCloser
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
	ctx, span := c.tracer.Start(req.Context(), req.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", req.Method),
		attribute.String("server.address", req.URL.Hostname()),
	))
	defer span.End()

	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// any byte of it may be enough for the far end, so an error here counts as written too
		WroteHeaders: func() { written.Store(true) },
	})
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		cancel()
		err = fmt.Errorf("call %s: %w", req.URL.Hostname(), bare(err))
		span.SetStatus(codes.Error, "no answer")
		if written.Load() {
			return nil, Uncertain(err)
		}
		return nil, Temporary("the network cannot be reached", err)
	}
	span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
	if resp.StatusCode >= 400 {
		span.SetStatus(codes.Error, "")
	}
	return &Stream{Status: resp.StatusCode, Header: resp.Header, Body: &closer{resp.Body, cancel}}, nil
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	if r.Method == "" {
		r.Method = http.MethodGet
		if r.Body != nil {
			r.Method = http.MethodPost
		}
	}
	if r.Guarded {
		ctx = context.WithValue(ctx, guardKey{}, true)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, r.Body)
	if err != nil {
		return nil, Reject("the address of the request is not valid", nil)
	}
	if req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return nil, Reject("the address of the request is neither http nor https", nil)
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	return req, nil
}

// OK says whether the status is one of success.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Err classifies an answer by its status alone, for networks that mean what HTTP means: 401 suspends; 429 waits as
// told, or a minute; 408, 425 and 5xx are tried again; any other 4xx is final. nil for success.
func (r *Response) Err() error {
	cause := fmt.Errorf("status %d", r.Status)
	switch {
	case r.OK():
		return nil
	case r.Status == http.StatusUnauthorized:
		return Suspend("the network refuses the credential", cause)
	case r.Status == http.StatusTooManyRequests:
		after, ok := r.RetryAfter()
		if !ok {
			after = time.Minute
		}
		return Wait(after, Contact, cause)
	case r.Status == http.StatusRequestTimeout, r.Status == http.StatusTooEarly, r.Status >= 500:
		if after, ok := r.RetryAfter(); ok {
			return Wait(after, Contact, cause)
		}
		return Temporary("the network is out of order", cause)
	case r.Status >= 400:
		return Reject(fmt.Sprintf("the network refused the message (%d)", r.Status), cause)
	default:
		return fmt.Errorf("unexpected answer: %w", cause)
	}
}

// RetryAfter is what the header of that name tells, in seconds or as a date, at most a day.
func (r *Response) RetryAfter() (time.Duration, bool) {
	value := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && seconds <= 86400 {
		return time.Duration(seconds * float64(time.Second)), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), 24*time.Hour), true
	}
	return 0, false
}

// Decode reads a JSON answer.
func (r *Response) Decode(v any) error {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "" && media != "application/json" {
		return errors.New("the answer is not JSON")
	}
	if err := json.Unmarshal(r.Body, v); err != nil {
		return errors.New("the answer cannot be read") // encoding/json quotes what it read
	}
	return nil
}

// bare takes the URL, which may hold a token, out of an error of net/http.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// closer ends the request's context with its body.
type closer struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c *closer) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}
