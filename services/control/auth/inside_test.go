package auth_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/config/operators"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control/auth"
)

// noted are refusals.
type noted struct {
	mu  sync.Mutex
	all []string
}

func (n *noted) Refused(ctx context.Context, procedure string, code connect.Code) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, auth.From(ctx).Name+" "+procedure+" "+code.String())
}

// service answers with who asks, and streams until it is told to stop.
type service struct {
	controlv1connect.UnimplementedMessageServiceHandler
	controlv1connect.UnimplementedChannelServiceHandler
	ended chan error
}

func (s *service) ListMessages(ctx context.Context, _ *connect.Request[controlv1.ListMessagesRequest]) (*connect.Response[controlv1.ListMessagesResponse], error) {
	return connect.NewResponse(&controlv1.ListMessagesResponse{NextPageToken: auth.From(ctx).Name}), nil
}

func (s *service) Watch(ctx context.Context, _ *connect.Request[controlv1.WatchRequest], to *connect.ServerStream[controlv1.WatchResponse]) error {
	for {
		if err := to.Send(&controlv1.WatchResponse{LeftOut: 1}); err != nil {
			s.ended <- ctx.Err()
			return err
		}
	}
}

func (s *service) ResumeChannel(context.Context, *connect.Request[controlv1.ResumeChannelRequest]) (*connect.Response[controlv1.ResumeChannelResponse], error) {
	panic("out of order")
}

// inside is a way in, as somebody with these roles.
func inside(t *testing.T, roles ...operators.Role) (context.Context, controlv1connect.MessageServiceClient, controlv1connect.ChannelServiceClient, *service, *noted) {
	t.Helper()
	s, n, mux := &service{ended: make(chan error, 1)}, &noted{}, http.NewServeMux()
	mux.Handle(controlv1connect.NewMessageServiceHandler(s))
	mux.Handle(controlv1connect.NewChannelServiceHandler(s))
	way := auth.NewDoor(t.Context(), &auth.Tokens{}, n, mux).Inside()
	return auth.With(t.Context(), auth.Known("ana", roles...)), controlv1connect.NewMessageServiceClient(way, "http://inside.invalid"), controlv1connect.NewChannelServiceClient(way, "http://inside.invalid"), s, n
}

func TestInsideAsksAsTheCaller(t *testing.T) {
	t.Parallel()
	ctx, messages, _, _, _ := inside(t, operators.Read)
	a, err := messages.ListMessages(ctx, connect.NewRequest(&controlv1.ListMessagesRequest{}))
	if err != nil || a.Msg.GetNextPageToken() != "ana" {
		t.Errorf("%v, %v", a, err)
	}
}

// The rights are those of the API, and a refusal is taken note of as there.
func TestInsideRefusesWhatTheRoleDoesNotAllow(t *testing.T) {
	t.Parallel()
	ctx, _, channels, _, n := inside(t, operators.Read)
	_, err := channels.PauseChannel(ctx, connect.NewRequest(&controlv1.PauseChannelRequest{Channel: "a", Reason: "b"}))
	want := "ana " + controlv1connect.ChannelServicePauseChannelProcedure + " permission_denied"
	if connect.CodeOf(err) != connect.CodePermissionDenied || !slices.Contains(n.all, want) {
		t.Errorf("%v, noted %q", err, n.all)
	}
	stranger, messages, _, _, _ := inside(t)
	if _, err := messages.ListMessages(stranger, connect.NewRequest(&controlv1.ListMessagesRequest{})); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("without a role: %v", err)
	}
	if _, err := messages.ListMessages(t.Context(), connect.NewRequest(&controlv1.ListMessagesRequest{})); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("without a caller: %v", err)
	}
}

// A stream is read as it comes, and ends when it is closed or its context is over.
func TestAStreamInside(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*connect.ServerStreamForClient[controlv1.WatchResponse], context.CancelFunc){
		"closed":   func(s *connect.ServerStreamForClient[controlv1.WatchResponse], _ context.CancelFunc) { _ = s.Close() },
		"canceled": func(_ *connect.ServerStreamForClient[controlv1.WatchResponse], cancel context.CancelFunc) { cancel() },
	} {
		ctx, messages, _, s, _ := inside(t, operators.Read)
		ctx, cancel := context.WithCancel(ctx)
		stream, err := messages.Watch(ctx, connect.NewRequest(&controlv1.WatchRequest{}))
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if !stream.Receive() || stream.Msg().GetLeftOut() != 1 {
				t.Fatalf("%s: %v", name, stream.Err())
			}
		}
		end(stream, cancel)
		if name == "canceled" {
			for stream.Receive() { // what was sent before
			}
			_ = stream.Close()
		}
		if err := <-s.ended; err == nil {
			t.Errorf("%s: the procedure was not told", name)
		}
		cancel()
	}
}

// A procedure that ends out of order takes nothing else with it.
func TestAPanicInside(t *testing.T) {
	t.Parallel()
	ctx, messages, channels, _, _ := inside(t, operators.Write)
	if _, err := channels.ResumeChannel(ctx, connect.NewRequest(&controlv1.ResumeChannelRequest{Channel: "a"})); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := messages.ListMessages(ctx, connect.NewRequest(&controlv1.ListMessagesRequest{})); err != nil {
		t.Error(err)
	}
}
