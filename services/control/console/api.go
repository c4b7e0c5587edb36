package console

import (
	"context"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
)

// api are the services of the control API.
type api struct {
	messages controlv1connect.MessageServiceClient
	channels controlv1connect.ChannelServiceClient
	failures controlv1connect.FailureServiceClient
	webhooks controlv1connect.WebhookServiceClient
	system   controlv1connect.SystemServiceClient
}

// mostAnswered is the largest answer, in bytes: a hundred thousand channels are about 40 MB.
const mostAnswered = 128 << 20

// newAPI asks by this client. Nothing is compressed on the way: it leads nowhere.
func newAPI(to connect.HTTPClient) *api {
	const base = "http://console.invalid" // the client decides where it leads
	with := []connect.ClientOption{connect.WithReadMaxBytes(mostAnswered), connect.WithAcceptCompression("gzip", nil, nil)}
	return &api{
		messages: controlv1connect.NewMessageServiceClient(to, base, with...),
		channels: controlv1connect.NewChannelServiceClient(to, base, with...),
		failures: controlv1connect.NewFailureServiceClient(to, base, with...),
		webhooks: controlv1connect.NewWebhookServiceClient(to, base, with...),
		system:   controlv1connect.NewSystemServiceClient(to, base, with...),
	}
}

// ask asks one question.
func ask[Q, A any](ctx context.Context, call func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), q *Q) (*A, error) {
	a, err := call(ctx, connect.NewRequest(q))
	if err != nil {
		return nil, err
	}
	return a.Msg, nil
}
