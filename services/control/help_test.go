package control_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/pkg/service"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control"
	"github.com/bonychat/puente/services/control/auth"
)

// api is a control API that serves, with a token of each role.
type api struct {
	t      testing.TB
	url    string
	server *bustest.Server
	bus    *bus.Bus
	tokens *auth.Tokens
}

const (
	reader   = "reader-0123456789abcdef0123456789abcdef"
	writer   = "writer-0123456789abcdef0123456789abcdef"
	contents = "content-0123456789abcdef0123456789abcde"
)

// publicURL is what the addresses of stored files begin with.
const publicURL = "https://bridge.example.com"

var roles = []operators.Token{
	{Name: "rosa", Role: operators.Read, Token: secret.Hide(reader)},
	{Name: "walter", Role: operators.Write, Token: secret.Hide(writer)},
	{Name: "carla", Role: operators.Content, Token: secret.Hide(contents)},
}

// start starts a broker with a network and two channels, and the API on it.
func start(t testing.TB) *api {
	t.Helper()
	s := bustest.Start(t, "toy")
	a := &api{t: t, server: s, bus: s.Connect("control"), tokens: &auth.Tokens{}}
	a.tokens.Set(roles)
	var entries []directory.Entry
	for _, id := range []string{"A", "B"} {
		entries = append(entries, directory.Entry{
			Channel: directory.Channel{ID: id, Network: "toy", ContactID: "custom"},
			Account: json.RawMessage(`{"token":"S3CRET"}`), Platform: json.RawMessage(`{"api_token":"S3CRET"}`),
		})
	}
	if err := directory.Fill(t.Context(), a.bus, entries); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a.url = "http://" + l.Addr().String()
	health, started := service.NewHealth(), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() {
		done <- control.Serve(ctx, service.Env{
			Bus: a.bus, Health: health, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Started: func() { close(started) },
		}, control.Options{Tokens: a.tokens, Reflection: true, PublicURL: publicURL})
	}()
	go func() { done <- service.ServeInternal(ctx, l, health) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
	<-started
	return a
}

// as is an interceptor that shows a token.
func as(token string) connect.ClientOption {
	return connect.WithInterceptors(connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
			if token != "" {
				r.Header().Set("Authorization", "Bearer "+token)
			}
			return next(ctx, r)
		}
	}))
}

func (a *api) channels(token string, o ...connect.ClientOption) controlv1connect.ChannelServiceClient {
	return controlv1connect.NewChannelServiceClient(h2c(), a.url, append(o, as(token))...)
}

func (a *api) system(token string, o ...connect.ClientOption) controlv1connect.SystemServiceClient {
	return controlv1connect.NewSystemServiceClient(h2c(), a.url, append(o, as(token))...)
}

// h2c is a client that speaks HTTP/2 without TLS, as gRPC does.
func h2c() *http.Client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{}}}
}

// curl posts JSON as a person would, and returns status and body.
func (a *api) curl(path, token, body string, headers ...string) (int, string) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		a.t.Fatal(err)
	}
	return answer.StatusCode, string(bytes.TrimSpace(got))
}

// acts are all that is in the audit, the newest first.
func (a *api) acts() []*controlv1.Act {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 30*time.Second)
	defer cancel()
	answer, err := a.system(reader).ListAudit(ctx, connect.NewRequest(&controlv1.ListAuditRequest{PageSize: 1000}))
	if err != nil {
		a.t.Fatal(err)
	}
	return answer.Msg.GetActs()
}
