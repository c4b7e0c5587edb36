package matrix_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/matrix"
	"github.com/bonychat/puente/services/egress/matrix/internal/oracle"
)

func TestConversations(t *testing.T) {
	providertest.Kit{
		Dir: "testdata", Oracle: specification{spec(t)},
		Sign: func(c *webhook.Call, secrets webhook.Secrets) {
			c.Header.Set("Authorization", "Bearer "+secrets["hs_token"][0])
		},
	}.Run(t, matrix.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, matrix.Network, "testdata") }

func spec(t *testing.T) *oracle.Spec {
	t.Helper()
	s, err := oracle.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// specification judges requests by what Matrix says of them.
type specification struct{ *oracle.Spec }

// Operations are those that the network calls; the others call it.
func (s specification) Operations() (names []string) {
	for _, name := range s.Spec.Operations() {
		if !strings.Contains(name, " /_matrix/app/") {
			names = append(names, name)
		}
	}
	return names
}

func (s specification) Check(r conversation.Request) (string, error) {
	method, target, header := r.Call()
	path, query, _ := strings.Cut(target, "?")
	if path == "/media/x" {
		return "", nil // the platform's file
	}
	var body []byte
	if r.Body != "" {
		body = []byte(r.Body)
	}
	op, err := s.CheckRequest(method, path, query, body)
	if err != nil {
		return "", err
	}
	if !slices.Contains(header["Authorization"], "Bearer <as_token>") {
		return op.Name, errors.New("without the as_token")
	}
	for _, kind := range []string{"/send/m.room.message/", "/state/m.room.canonical_alias/"} {
		if method == "PUT" && strings.Contains(path, kind) {
			return op.Name, s.CheckContent(strings.Split(kind, "/")[2], body)
		}
	}
	return op.Name, nil
}
