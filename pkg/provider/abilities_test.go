package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// plain sends only; checked can be asked about its credentials too.
type plain struct{}

func (plain) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, nil
}

type checked struct{ plain }

func (checked) Check(context.Context) error { return nil }

// misspelt would be checked, were it not for a letter.
type misspelt struct{ plain }

func (misspelt) Chek(context.Context) error { return nil }

// What a network declares that it can do is what its types can do: each difference is an error, at the start and when an
// account is opened.
func TestAbilitiesAreThoseThatAreDeclared(t *testing.T) {
	t.Parallel()
	type nothing struct{} // an account without methods
	for _, test := range []struct {
		name     string
		declared provider.Abilities
		sender   provider.Sender
		valid    string // what Validate says, "" for nothing
		open     string // what Open says
	}{
		{"none", provider.Abilities{}, plain{}, "", ""},
		{"one", provider.Abilities{Checker: checked{}}, checked{}, "", ""},
		{"one that is not declared", provider.Abilities{}, checked{}, "", "is a Checker, and the network does not declare it: Abilities.Checker"},
		{"one that is misspelt", provider.Abilities{Checker: checked{}}, misspelt{}, "", "the network declares Abilities.Checker, and the sender provider_test.misspelt is none"},
		{"one beside another that is declared", provider.Abilities{Setter: both{}}, both{}, "is a Checker, and the network does not declare it", "is a Checker"},
		{"a call of who is not listened to", provider.Abilities{Called: calledOnly{}}, calledOnly{}, "Abilities.Called needs Abilities.Listener", ""},
	} {
		n := provider.Network[nothing]{Name: "toy", Abilities: test.declared, Open: func(nothing, provider.Host) (provider.Sender, error) { return test.sender, nil }}
		said(t, test.name+": Validate", n.Validate(), test.valid)
		bound, err := n.Bind([]byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		_, err = bound.Open(provider.Host{})
		said(t, test.name+": Open", err, test.open)
	}
	n := provider.Network[settings]{Name: "toy", Open: func(settings, provider.Host) (provider.Sender, error) { return plain{}, nil }}
	said(t, "an account's check that is not declared", n.Validate(), "account type provider_test.settings is a Validator, and the network does not declare it")
	said(t, "no Open", provider.Network[nothing]{Name: "toy"}.Validate(), "Open is missing")
	want := []string{"Checker", "Validator"}
	got := provider.Network[settings]{Abilities: provider.Abilities{Validator: settings{}, Checker: checked{}}}.Describe().Abilities
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

type both struct{ checked }

func (both) Setup(context.Context, string) (string, error) { return "", nil }

type calledOnly struct{ plain }

func (calledOnly) Called() bool { return true }

func said(t *testing.T, what string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}
