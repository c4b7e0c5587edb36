package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// WebSocket opens a websocket. The URL's scheme is ws or wss. Header, Guarded, Told and Timeout mean the same as for any request, and
// MaxAnswer bounds the messages that are read; other fields are not used. The context bounds only the handshake: the socket outlives it,
// and the caller closes it. It does not count in [Options].MaxConnections.
//
// If the handshake is answered with another status than 101, that is classified as [Response.Err] does. Any other error means that there is
// no connection and nothing was said: [outcome.Temporary], or [outcome.Reject] for a guarded address that is not public.
func (c *Client) WebSocket(ctx context.Context, r Request) (*Socket, error) {
	if rest, ok := strings.CutPrefix(r.URL, "ws"); ok {
		r.URL = "http" + rest
	}
	r.Method, r.Body, r.ContentType, r.Length, r.Held, r.Idempotent = http.MethodGet, nil, "", 0, true, true
	timeout := r.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	req, span := c.startSpan(req)
	defer span.End()
	ctx = req.Context()
	begun := time.Now()
	own, resp, err := websocket.Dial(ctx, req.URL.String(), &websocket.DialOptions{HTTPClient: c.http, HTTPHeader: req.Header, Host: req.Host})
	if resp != nil {
		span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
		c.meter.Called(ctx, http.MethodGet, resp.StatusCode, "", time.Since(begun))
	} else {
		c.measure(ctx, Request{}, http.MethodGet, nil, err, time.Since(begun))
	}
	if err == nil {
		most := r.MaxAnswer
		if most == 0 {
			most = MaxAnswer
		}
		own.SetReadLimit(most)
		return &Socket{own}, nil
	}
	span.SetStatus(codes.Error, "no websocket")
	if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
		if refused := (&Response{Status: resp.StatusCode, Header: resp.Header}).Err(); refused != nil {
			return nil, refused
		}
		return nil, outcome.Temporary(reason.StrangeAnswer, fmt.Errorf("status %d", resp.StatusCode))
	}
	err = fmt.Errorf("open a websocket at %s: %w", req.URL.Hostname(), bare(err))
	span.SetAttributes(attribute.String("error.type", errorType(err)))
	if errors.Is(err, errPrivate) {
		return nil, outcome.Reject(reason.NotPublic, err)
	}
	return nil, outcome.Temporary(reason.Unreachable, err)
}

// Socket is a websocket. The peer's pings are answered only while Read runs. It is safe for concurrent use, with one reader at a time. Its
// errors hold nothing of what was said.
type Socket struct{ own *websocket.Conn }

// Closed is the error of a socket that the peer closed by the protocol's close frame.
type Closed struct {
	// Code is the close code: of RFC 6455 section 7.4, or the network's own from 4000 on. The peer's text beside it is left out,
	// because it may quote a message.
	Code int
}

func (c *Closed) Error() string {
	return fmt.Sprintf("the far end closed the websocket with code %d", c.Code)
}

// Read reads one message, text or binary. If the context ends meanwhile, or the message is too large, the socket is closed.
func (s *Socket) Read(ctx context.Context) ([]byte, error) {
	_, data, err := s.own.Read(ctx)
	return data, said(ctx, err)
}

// Write writes one text message, within [WriteTimeout]. If the context ends meanwhile the socket is closed. After an error the message may
// have been sent or not.
func (s *Socket) Write(ctx context.Context, text []byte) error {
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	return said(ctx, s.own.Write(ctx, websocket.MessageText, text))
}

// Ping sends a ping and returns when the peer has answered it. Another goroutine has to be in Read meanwhile.
func (s *Socket) Ping(ctx context.Context) error { return said(ctx, s.own.Ping(ctx)) }

// Close closes the socket with a close code: of RFC 6455 section 7.4, or of the network's own from 4000 on. It waits for the peer's close
// frame, for ten seconds at most.
func (s *Socket) Close(code int) { _ = s.own.Close(websocket.StatusCode(code), "") }

// CloseNow closes the connection at once, without a close frame.
func (s *Socket) CloseNow() { _ = s.own.CloseNow() }

// said is an error of the library's without what it may quote.
func said(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if code := websocket.CloseStatus(err); code >= 0 {
		return &Closed{int(code)}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return bare(err)
}
