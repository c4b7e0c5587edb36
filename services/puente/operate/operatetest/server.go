package operatetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
)

// Token is the one that the bridge takes; ReadToken may not change anything.
const (
	Token     = "operator-token"
	ReadToken = "reader-token"
)

// Server is a control API. Its answers may be changed before it is asked.
type Server struct {
	URL string
	Scene

	mu    sync.Mutex
	asked []proto.Message
}

// New is one that does not listen: see [Server.Handler].
func New() *Server { return &Server{Scene: NewScene()} }

// Start starts one until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := New()
	listening := httptest.NewServer(s.serve(door{s, true}))
	t.Cleanup(listening.Close)
	s.URL = listening.URL
	return s
}

// Handler is the API for whoever has judged already who asks.
func (s *Server) Handler() http.Handler { return s.serve(door{Server: s}) }

func (s *Server) serve(d door) http.Handler {
	mux, with := http.NewServeMux(), connect.WithInterceptors(d)
	mux.Handle(controlv1connect.NewMessageServiceHandler(messages{s}, with))
	mux.Handle(controlv1connect.NewChannelServiceHandler(channels{s}, with))
	mux.Handle(controlv1connect.NewFailureServiceHandler(failures{s}, with))
	mux.Handle(controlv1connect.NewWebhookServiceHandler(webhooks{s}, with))
	mux.Handle(controlv1connect.NewSystemServiceHandler(system{s}, with))
	return mux
}

// Asked is what has been asked so far, in order.
func (s *Server) Asked() []proto.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]proto.Message(nil), s.asked...)
}

func (s *Server) note(m proto.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, m)
}

// writes are the procedures that a reader may not call.
var writes = map[string]bool{
	controlv1connect.ChannelServicePauseChannelProcedure: true, controlv1connect.ChannelServiceResumeChannelProcedure: true,
	controlv1connect.ChannelServiceRegisterChannelProcedure: true, controlv1connect.ChannelServiceApplyProcedure: true, controlv1connect.ChannelServiceAddChannelProcedure: true,
	controlv1connect.ChannelServiceTryChannelProcedure: true, controlv1connect.ChannelServiceChangeChannelProcedure: true, controlv1connect.ChannelServiceRemoveChannelProcedure: true,
	controlv1connect.FailureServiceReplayFailuresProcedure: true, controlv1connect.FailureServiceDiscardFailuresProcedure: true,
	controlv1connect.WebhookServiceReplayCallsProcedure: true,
}

// door lets in who has a token.
type door struct {
	*Server
	judges bool
}

func (d door) judge(h http.Header, procedure string) error {
	if !d.judges {
		return nil
	}
	switch h.Get("Authorization") {
	case "Bearer " + Token:
		return nil
	case "Bearer " + ReadToken:
		if writes[procedure] {
			return connect.NewError(connect.CodePermissionDenied, errRole)
		}
		return nil
	default:
		return connect.NewError(connect.CodeUnauthenticated, errToken)
	}
}

// WrapUnary judges a single question.
func (d door) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
		if err := d.judge(r.Header(), r.Spec().Procedure); err != nil {
			return nil, err
		}
		d.note(r.Any().(proto.Message))
		return next(ctx, r)
	}
}

// WrapStreamingClient is for clients.
func (d door) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler judges a stream.
func (d door) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, c connect.StreamingHandlerConn) error {
		if err := d.judge(c.RequestHeader(), c.Spec().Procedure); err != nil {
			return err
		}
		return next(ctx, c)
	}
}
