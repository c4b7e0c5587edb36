package directory_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

const secret = "t0p-s3cret-t0ken"

func entry(id, network, account string) directory.Entry {
	return directory.Entry{
		Channel: directory.Channel{ID: id, Network: network, ContactID: "custom"},
		Account: json.RawMessage(account), Platform: json.RawMessage(`{"api_token":"of-` + id + `"}`),
	}
}

func fill(t *testing.T, b *bus.Bus, entries ...directory.Entry) {
	t.Helper()
	if err := directory.Fill(t.Context(), b, entries); err != nil {
		t.Fatal(err)
	}
}

func TestChannelsAreFoundAsTheyWereFilledIn(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	fill(t, b, entry("B", "other", `{}`), entry("A", "toy", `{"token":"`+secret+`"}`))
	got, err := directory.List(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := []directory.Channel{{ID: "A", Network: "toy", ContactID: "custom"}, {ID: "B", Network: "other", ContactID: "custom"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for far, want := range map[string]string{"toy": `{"token":"` + secret + `"}`, topology.Platform: `{"api_token":"of-A"}`} {
		if raw, err := directory.Account(t.Context(), b, far, "A"); err != nil || string(raw) != want {
			t.Errorf("%s: %s, %v", far, raw, err)
		}
	}
	settings, err := kv.Open(b, topology.Channels).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range settings {
		if strings.Contains(key+string(value), secret) || strings.Contains(string(value), "of-A") {
			t.Errorf("a credential stands among the settings: %s", key)
		}
	}
}

// The language of a channel is Spanish where its record says none, as one of an older version.
func TestAChannelHasALanguage(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	english := entry("A", "toy", `{}`)
	english.Locale = reason.English
	fill(t, b, english, entry("B", "toy", `{}`))
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "channel.toy.C", []byte(`{"id":"C","network":"toy","contact_id":"custom"}`)); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]reason.Locale{"A": reason.English, "B": reason.Spanish, "C": reason.Spanish} {
		if c, err := directory.Settings(t.Context(), b, "toy", id); err != nil || c.Language() != want {
			t.Errorf("%s: %q, %v", id, c.Language(), err)
		}
	}
	record, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "channel.toy.B")
	if err != nil || strings.Contains(string(record), "locale") {
		t.Errorf("a channel that is as before is written otherwise: %s, %v", record, err)
	}
}

func TestWhatIsNoLongerFilledInIsGone(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	fill(t, b, entry("A", "toy", `{"n":1}`), entry("B", "toy", `{"n":2}`), entry("C", "toy", `{"n":3}`))
	// the state of a channel is not a setting, and the deployment's own key is no channel's
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "state.toy.A", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	before := b.Digest(digest.ForContact, "x")
	fill(t, b, entry("A", "toy", `{"n":4}`), entry("C", "other", `{"n":5}`))
	got, err := directory.List(t.Context(), b)
	if err != nil || len(got) != 2 || got[0].ID != "A" || got[1].Network != "other" {
		t.Errorf("%v, %v", got, err)
	}
	for key, want := range map[[2]string]string{
		{"toy", "A"}: `{"n":4}`, {"other", "C"}: `{"n":5}`, {"toy", "B"}: "", {topology.Platform, "B"}: "", {"toy", "C"}: "",
	} {
		raw, err := directory.Account(t.Context(), b, key[0], key[1])
		if string(raw) != want || (want == "") != errors.Is(err, bus.ErrNotFound) {
			t.Errorf("%v: %s, %v", key, raw, err)
		}
	}
	if _, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "state.toy.A"); err != nil {
		t.Errorf("the state is lost: %v", err)
	}
	if keys, err := kv.Open(b, topology.Secrets).All(t.Context()); err != nil || len(keys["digest"]) == 0 || b.Digest(digest.ForContact, "x") != before {
		t.Errorf("the deployment's key is lost: %v", err)
	}
}

func TestNoChannelsAreAnEmptyList(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("test")
	if got, err := directory.List(t.Context(), b); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	fill(t, b)
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("test")
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "channel.toy.A", []byte("no JSON")); err != nil {
		t.Fatal(err)
	}
	if _, err := directory.List(t.Context(), b); err == nil || !strings.Contains(err.Error(), "channel A") {
		t.Errorf("%v", err)
	}
	if _, err := directory.Account(t.Context(), b, "toy", "B"); !errors.Is(err, bus.ErrNotFound) || !strings.Contains(err.Error(), "channel B") {
		t.Errorf("%v", err)
	}
}

func TestADeclarationOutlivesItsService(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("egress-toy")
	type declaration struct{ Text int }
	var got declaration
	if err := directory.Declaration(t.Context(), b, "toy", &got); !errors.Is(err, directory.ErrUndeclared) {
		t.Errorf("before it is declared: %v", err)
	}
	for _, want := range []declaration{{1}, {2}} {
		if err := directory.Declare(t.Context(), b, "toy", want); err != nil {
			t.Fatal(err)
		}
		if err := directory.Declaration(t.Context(), s.Connect("ingress"), "toy", &got); err != nil || got != want {
			t.Errorf("%v, %v", got, err)
		}
	}
	if err := directory.Declaration(t.Context(), b, "toy", new(string)); err == nil || !strings.Contains(err.Error(), "declaration of toy") {
		t.Errorf("of another type: %v", err)
	}
	if err := directory.Declare(t.Context(), b, "toy", func() {}); err == nil {
		t.Error("a function is declared")
	}
}
