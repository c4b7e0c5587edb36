// Command sandbox is both far ends of a bridge that runs elsewhere: a phone and BonyChat's inbox, with their page. It is for
// trying a cluster: it shows tokens and messages to whoever may call it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := run(ctx, os.Args[1:], os.Getenv, log); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Error("sandbox ended", "err", err)
		os.Exit(1)
	}
}

// run serves until the context ends. The channel's API token and the secret of its account at the phone network are the
// variables SANDBOX_TOKEN and SANDBOX_SECRET.
func run(ctx context.Context, args []string, env func(string) string, log *slog.Logger) error {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	listen := flags.String("listen", ":8080", "`address` of the page and of both far ends")
	gateway := flags.String("gateway", "", "the bridge's public `URL`, as the far ends call it")
	own := flags.String("url", "", "`URL` at which the bridge reaches this program")
	channel := flags.String("channel", "demo", "`id` of the channel")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config := sandbox.Config{
		Channels: []sandbox.Channel{{
			ID: *channel, Network: sandbox.PhoneNetwork, ContactID: customchannel.Custom,
			Token: provider.NewSecret(env("SANDBOX_TOKEN")), Secret: provider.NewSecret(env("SANDBOX_SECRET")),
		}},
		APIBaseURL: func() string { return *gateway }, URL: func() string { return *own }, Log: log,
	}
	if *gateway == "" || *own == "" {
		return errors.New("sandbox: --gateway and --url are required")
	}
	if err := config.Validate(); err != nil {
		return fmt.Errorf("%w (SANDBOX_TOKEN, SANDBOX_SECRET)", err)
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	log.Info("sandbox serves", "address", l.Addr().String())
	return serve(ctx, l, sandbox.New(config))
}

// serve serves the page, and /healthz for a kubelet: it calls by the pod's address, which the sandbox does not answer to.
func serve(ctx context.Context, l net.Listener, s *sandbox.Sandbox) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.Handle("/", s.Handler())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	err := service.ServeHTTP(ctx, l, mux)
	cancel()
	return errors.Join(err, <-done)
}
