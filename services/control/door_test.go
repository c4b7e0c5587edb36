package control_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/secret"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

func asError(err error, to **connect.Error) bool { return errors.As(err, to) }

// A page of another site cannot call, not by the name of one of its own either that leads here.
func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	const path = "/puente.control.v1.SystemService/Status"
	own := strings.TrimPrefix(a.url, "http://")
	for _, tc := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"no browser", nil, http.StatusOK},
		{"its own page", []string{"Origin", a.url}, http.StatusOK},
		{"another site's page", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		{"a page of no site", []string{"Origin", "null"}, http.StatusForbidden},
		{"a page that says it is of another site", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"a name that leads here", []string{"Host", "evil.example"}, http.StatusForbidden},
		{"a name that leads here, and its page", []string{"Host", "evil.example", "Origin", "http://evil.example"}, http.StatusForbidden},
		{"localhost", []string{"Host", "localhost" + own[strings.LastIndex(own, ":"):]}, http.StatusOK},
	} {
		if status, body := a.curl(path, writer, "{}", tc.headers...); status != tc.want {
			t.Errorf("%s: %d %s", tc.name, status, body)
		}
	}
}

func TestTokensChangeWhileItServes(t *testing.T) {
	t.Parallel()
	a := start(t)
	const next = "next-0123456789abcdef0123456789abcdef"
	a.tokens.Set([]operators.Token{{Name: "nora", Role: operators.Read, Token: secret.Hide(next)}})
	status := func(token string) error {
		_, err := a.system(token).Status(t.Context(), connect.NewRequest(&controlv1.StatusRequest{}))
		return err
	}
	if err := status(next); err != nil {
		t.Error(err)
	}
	if err := status(writer); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("an old token: %v", err)
	}
	a.tokens.Set(nil)
	if err := status(next); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("a token of nobody: %v", err)
	}
}

func TestARequestThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	status, body := a.curl("/puente.control.v1.ChannelService/GetChannel", reader, `{"channel":"`+strings.Repeat("x", 100<<10)+`"}`)
	if status != http.StatusTooManyRequests && status != http.StatusBadRequest {
		t.Errorf("%d %s", status, body)
	}
}

// An orchestrator asks without a token; who asks what there is has one.
func TestHealthAndReflection(t *testing.T) {
	t.Parallel()
	a := start(t)
	status, body := a.curl("/grpc.health.v1.Health/Check", "", `{"service":"puente.control.v1.SystemService"}`)
	if status != http.StatusOK || !strings.Contains(body, "SERVING") {
		t.Errorf("%d %s", status, body)
	}
	if grpchealth.HealthV1ServiceName != "grpc.health.v1.Health" {
		t.Error(grpchealth.HealthV1ServiceName)
	}
	client := grpcreflect.NewClient(h2c(), a.url, connect.WithGRPC())
	for token, want := range map[string]connect.Code{"": connect.CodeUnauthenticated, reader: 0} {
		stream := client.NewStream(t.Context(), grpcreflect.WithRequestHeaders(http.Header{"Authorization": {"Bearer " + token}}))
		names, err := stream.ListServices()
		if _, closed := stream.Close(); closed != nil && want == 0 {
			t.Error(closed)
		}
		if want == 0 && (err != nil || len(names) < 2) || want != 0 && connect.CodeOf(err) != want {
			t.Errorf("%q: %v, %v", token, names, err)
		}
	}
}
