package api

import (
	"context"
	"net/http"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
)

// Client asks a control API. It may be used by several goroutines.
type Client struct {
	Messages controlv1connect.MessageServiceClient
	Channels controlv1connect.ChannelServiceClient
	Failures controlv1connect.FailureServiceClient
	Webhooks controlv1connect.WebhookServiceClient
	System   controlv1connect.SystemServiceClient
	// Place is where it asks.
	Place Place
}

// How long an answer may take, and how large it may be, in bytes: a hundred thousand channels are about 40 MB.
const (
	AnswerWithin  = 30 * time.Second
	NetworkWithin = 2 * time.Minute // where a network is asked
	mostAnswered  = 128 << 20
)

// NewClient asks the API at that place. It connects when it is asked.
func NewClient(p Place) *Client {
	// no redirect is followed: the token is for this API alone
	to := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	with := []connect.ClientOption{connect.WithInterceptors(shown{p.Token}), connect.WithReadMaxBytes(mostAnswered)}
	return &Client{
		Messages: controlv1connect.NewMessageServiceClient(to, p.URL, with...),
		Channels: controlv1connect.NewChannelServiceClient(to, p.URL, with...),
		Failures: controlv1connect.NewFailureServiceClient(to, p.URL, with...),
		Webhooks: controlv1connect.NewWebhookServiceClient(to, p.URL, with...),
		System:   controlv1connect.NewSystemServiceClient(to, p.URL, with...),
		Place:    p,
	}
}

// shown shows the token with each call, and says who calls.
type shown struct{ token string }

func (s shown) put(h http.Header) {
	h.Set("Authorization", "Bearer "+s.token)
	h.Set("User-Agent", version.UserAgent())
}

// WrapUnary puts it on a single question.
func (s shown) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
		s.put(r.Header())
		return next(ctx, r)
	}
}

// WrapStreamingClient puts it on a stream.
func (s shown) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		c := next(ctx, spec)
		s.put(c.RequestHeader())
		return c
	}
}

// WrapStreamingHandler is for servers.
func (s shown) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// Ask asks one question, and waits so long for the answer.
func Ask[Q, A any](ctx context.Context, within time.Duration, call func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), q *Q) (*A, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err := call(ctx, connect.NewRequest(q))
	if err != nil {
		return nil, err
	}
	return a.Msg, nil
}
