// Package control is the control API: what the bridge's operators ask and do, by Connect, gRPC, gRPC-Web and JSON, on the
// internal port. Whoever calls has a token of the configuration, or the one that the all-in-one makes for its own commands.
// What only a running process knows it is asked, and does not have to answer.
package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"buf.build/go/protovalidate"
	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control/audit"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/control/console"
	"github.com/bonychat/puente/services/control/contact"
	"github.com/bonychat/puente/services/control/failures"
	"github.com/bonychat/puente/services/control/messages"
	"github.com/bonychat/puente/services/control/scale"
	"github.com/bonychat/puente/services/control/system"
	"github.com/bonychat/puente/services/control/webhooks"
)

// Options of [Serve].
type Options struct {
	// Tokens are who may call. Required.
	Tokens *auth.Tokens
	// Reflection lets whoever has a token ask which services there are.
	Reflection bool
	// History is where the record of messages lies, and for how long.
	History config.History
	// PublicURL is what the addresses of stored files begin with.
	PublicURL string
	// TraceURL is the page of a trace, "" for none; nil for none at all.
	TraceURL func(id string) string
	// Source is the file that the channels come from, where this process reads it itself; "" where they are applied.
	Source string
	// Networks are those that this program knows; none for those that have declared themselves.
	Networks []config.Network
	// Adder and Changer write channels into Source; nil where that is not possible.
	Adder   channels.Adder
	Changer channels.Changer
	// Try asks a network about credentials that are no channel's; nil has the network's service asked.
	Try channels.Try
	// Console is the operators' page.
	Console operators.Console
}

// Run is the service on its own. Its tokens are those of the file, which is read again at SIGHUP.
func Run(ctx context.Context, env service.Env) error {
	cfg, err := config.LoadControl(env.File)
	if err != nil {
		return err
	}
	tokens := &auth.Tokens{}
	if err := take(tokens, cfg, env.File); err != nil {
		return err
	}
	changes := make(chan os.Signal, 1)
	signal.Notify(changes, syscall.SIGHUP)
	defer signal.Stop(changes)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-changes:
				again, err := config.LoadControl(env.File)
				if err == nil {
					err = take(tokens, again, env.File)
				}
				if err != nil {
					env.Log.Error("control: tokens not changed", "err", err)
					continue
				}
				env.Log.Info("control: tokens read again", "tokens", len(again.Control.Tokens))
			}
		}
	}()
	return Serve(ctx, env, Options{Tokens: tokens, Reflection: cfg.Control.Reflection, History: cfg.History, PublicURL: cfg.PublicURL, TraceURL: cfg.Trace.URL, Console: cfg.Control.Console})
}

// take has the tokens of a file taken.
func take(tokens *auth.Tokens, cfg *config.Config, file string) error {
	if len(cfg.Control.Tokens) == 0 {
		return fmt.Errorf("%s: control.tokens is required: the control API takes nobody without a token", file)
	}
	tokens.Set(cfg.Control.Tokens)
	return nil
}

// Serve serves the API on the internal port until the context ends.
func Serve(ctx context.Context, env service.Env, o Options) error {
	if err := provision.Await(ctx, env.Bus, topology.Messages.Name, topology.Audit.Name, topology.Dead.Name, topology.Journal.Name); err != nil {
		return err
	}
	log := audit.New(env.Bus, env.Log)
	bounds, err := protovalidate.New()
	if err != nil {
		return fmt.Errorf("bounds of the control API: %w", err)
	}
	record, followed, stop, err := keepHistory(ctx, env, o.History)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	api := http.NewServeMux()
	options := []connect.HandlerOption{
		connect.WithInterceptors(&guard{bounds: bounds, audit: log}), connect.WithReadMaxBytes(mostRead), connect.WithSendMaxBytes(mostSent),
		connect.WithRecover(func(_ context.Context, spec connect.Spec, _ http.Header, p any) error {
			env.Log.Error("control: a procedure panicked", "procedure", spec.Procedure, "panic", fmt.Sprint(p))
			return connect.NewError(connect.CodeInternal, errors.New("an error inside the control API"))
		}),
	}
	var names []string
	mount := func(path string, h http.Handler) {
		api.Handle(path, h)
		names = append(names, path[1:len(path)-1])
	}
	failing := &failures.Service{Bus: env.Bus, History: record, Contacts: contact.BookOf(env.Bus), PublicURL: o.PublicURL}
	mount(controlv1connect.NewSystemServiceHandler(&system.Service{Bus: env.Bus, Audit: log, History: record, Failures: failing}, options...))
	mount(controlv1connect.NewChannelServiceHandler(&channels.Service{Bus: env.Bus, History: record, Source: o.Source, Networks: o.Networks, PublicURL: o.PublicURL, Adder: o.Adder, Changer: o.Changer, Try: o.Try}, options...))
	mount(controlv1connect.NewFailureServiceHandler(failing, options...))
	mount(controlv1connect.NewWebhookServiceHandler(&webhooks.Service{Bus: env.Bus, History: record}, options...))
	mount(controlv1connect.NewMessageServiceHandler(&messages.Service{
		History: record, Bus: env.Bus, Contacts: contact.BookOf(env.Bus), TraceURL: o.TraceURL,
	}, options...))
	door := auth.NewDoor(ctx, o.Tokens, log, api)
	if !o.Console.Off {
		env.Health.Handle(console.Path, console.New(console.Options{Door: door, Tokens: o.Tokens, Config: o.Console, Log: env.Log}))
	}
	for _, name := range names {
		env.Health.Handle("/"+name+"/", door)
	}
	// neither an autoscaler nor an orchestrator has a token: they learn no more than from /metrics and /readyz
	env.Health.Handle("GET /scale/{network}", scale.NewDoor(env.Bus, env.Log))
	env.Health.Handle(grpchealth.NewHandler(grpchealth.NewStaticChecker(names...), connect.WithReadMaxBytes(1024)))
	if o.Reflection {
		reflector := grpcreflect.NewStaticReflector(names...)
		for _, handler := range []func(*grpcreflect.Reflector, ...connect.HandlerOption) (string, http.Handler){grpcreflect.NewHandlerV1, grpcreflect.NewHandlerV1Alpha} {
			path, h := handler(reflector)
			api.Handle(path, h)
			env.Health.Handle(path, door)
		}
	}
	env.Started()
	select {
	case <-ctx.Done():
		return nil
	case err := <-followed: // the connection is gone for good
		return err
	}
}

// Bounds of messages in bytes: a request is the largest that a procedure takes, see package auth; an answer may list a
// hundred thousand channels.
const (
	mostRead = 11 << 20
	mostSent = 64 << 20
)
