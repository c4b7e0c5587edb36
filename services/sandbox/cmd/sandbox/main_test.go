package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox"
)

// What is missing is named, and nothing is served without credentials.
func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	set := map[string]string{"SANDBOX_TOKEN": "t", "SANDBOX_SECRET": "s"}
	for _, c := range []struct {
		args []string
		env  map[string]string
		want string
	}{
		{nil, set, "--gateway and --url"},
		{[]string{"--gateway", "http://puente-ingress", "--url", "http://sandbox"}, nil, "token must be there"},
		{[]string{"--gateway", "http://puente-ingress", "--url", "http://sandbox", "--listen", "nowhere:-1"}, set, "listen"},
	} {
		err := run(t.Context(), c.args, func(name string) string { return c.env[name] }, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.args, err, c.want)
		}
	}
}

// The page is for those who name it, by the name that the bridge has for it or through a port of this machine; a kubelet is
// told that it lives.
func TestThePageIsServed(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := sandbox.New(sandbox.Config{
		Channels:   []sandbox.Channel{{ID: "demo", Network: sandbox.PhoneNetwork, ContactID: customchannel.Custom, Token: provider.NewSecret("t"), Secret: provider.NewSecret("s")}},
		APIBaseURL: func() string { return "http://puente-ingress" }, URL: func() string { return "http://puente-sandbox:8080" },
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, l, s) }()
	for _, c := range []struct {
		path, host string
		want       int
	}{
		{"/healthz", "10.1.2.3:8080", http.StatusOK}, {"/", "localhost:8080", http.StatusOK}, {"/", "puente-sandbox:8080", http.StatusOK}, {"/", "evil.example", http.StatusForbidden},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s of %s: %d, want %d", c.path, c.host, answer.StatusCode, c.want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
