package expr_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"

	"github.com/bonychat/puente/pkg/webhook/expr"
)

// stored is the call after its way through the store.
func stored(t *testing.T, c expr.Call) expr.Call {
	t.Helper()
	data, err := proto.Marshal(c.Proto())
	if err != nil {
		t.Fatal(err)
	}
	var p webhookv1.Call
	if err := proto.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return expr.FromProto(&p)
}

func TestACallIsStoredByteForByte(t *testing.T) {
	t.Parallel()
	c := expr.Call{
		Network: "toy", Channel: "A", Method: "PUT", Suffix: "/transactions/7", Query: "a=1&b=%20",
		Header: http.Header{"Content-Type": {"text/plain"}, "X-Many": {"1", "2"}}, Body: []byte("\x00\xff{}"),
		AcceptedAt: time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.UTC),
	}
	if diff := cmp.Diff(c, stored(t, c)); diff != "" {
		t.Error(diff)
	}
	names := ""
	for _, h := range c.Proto().GetHeaders() {
		names += h.GetName() + " "
	}
	if names != "Content-Type X-Many " {
		t.Errorf("headers are not in the order of their names: %s", names)
	}
}

func TestACallWithBytesThatAreNoUTF8IsStored(t *testing.T) {
	t.Parallel()
	c := expr.Call{Suffix: "/\xff", Query: "q=\xe9", Header: http.Header{"X-Name": {"Jos\xe9"}}, Body: []byte("Jos\xe9")}
	got := stored(t, c)
	if got.Suffix != "/\ufffd" || got.Query != "q=\ufffd" || got.Header.Get("X-Name") != "Jos\ufffd" || string(got.Body) != "Jos\xe9" {
		t.Errorf("%+v", got)
	}
	if c.Header.Get("X-Name") != "Jos\xe9" {
		t.Error("the call itself is changed")
	}
}

func TestTheQueryIsReadAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	got := expr.Call{Query: "a=1&b=%zz&c=3&a=2"}.Values()
	if diff := cmp.Diff(map[string][]string{"a": {"1", "2"}, "c": {"3"}}, map[string][]string(got)); diff != "" {
		t.Error(diff)
	}
}
