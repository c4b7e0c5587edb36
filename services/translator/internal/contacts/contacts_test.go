package contacts

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

var (
	custom = directory.Channel{ID: "custom", Network: "a", ContactID: string(customchannel.Custom)}
	phone  = directory.Channel{ID: "phone", Network: "a", ContactID: string(customchannel.Phone)}
)

func newBook(t *testing.T) *Book {
	t.Helper()
	return New(bustest.Start(t, "a").Connect("translator"), slog.New(slog.DiscardHandler))
}

// A name leads back to the address that it was given for, whatever that looks like.
func TestANameLeadsBackToItsAddress(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for _, test := range []struct {
		of            directory.Channel
		address, told string
		want          string // "" for a digest
	}{
		{custom, "1234567", "", "1234567"},
		{custom, "@ana:example.org", "", ""},
		{custom, "abcdefghijklmnopqrstuvwxyz", "", ""}, // looks like a digest
		{phone, "+34600111222", "", "+34600111222"},
		{phone, "user-7", "34600111333", "+34600111333"},
		{phone, "user-7", "", "+34600111333"}, // it was told once
	} {
		contact := &messagev1.Contact{Address: test.address, Profile: &messagev1.Profile{Phone: test.told}}
		name, err := b.Name(t.Context(), test.of, contact, false)
		if err != nil || test.want != "" && name != test.want || test.want == "" && len(name) != digest.Length {
			t.Errorf("%s on %s is called %q, %v", test.address, test.of.ID, name, err)
		}
		if back, err := b.Address(t.Context(), test.of, name); err != nil || back != test.address {
			t.Errorf("%q leads to %q, %v", name, back, err)
		}
	}
	if back, err := b.Address(t.Context(), custom, "zyxwvutsrqponmlkjihgfedcba"); err != nil || back != "zyxwvutsrqponmlkjihgfedcba" {
		t.Errorf("a name that was never seen leads to %q, %v", back, err)
	}
}

// No number is made up for who has none.
func TestWhoHasNoNumberHasNoName(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for _, address := range []string{"62626", "user-8"} {
		_, err := b.Name(t.Context(), phone, &messagev1.Contact{Address: address}, false)
		if none, ok := errors.AsType[Nameless](err); !ok || none.Why.Code() != reason.NoNumber.Code() {
			t.Errorf("%s: %v", address, err)
		}
		if err := b.Answered(t.Context(), phone, address, "other"); err != nil {
			t.Errorf("%s, answered with another: %v", address, err)
		}
	}
}

// One person has one name, by whichever address it is met, and in the journal one key.
func TestOnePersonHasOneName(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	name := func(address string, aliases ...string) string {
		t.Helper()
		n, err := b.Name(t.Context(), custom, &messagev1.Contact{Address: address, Aliases: aliases}, true)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := name("@ana:example.org")
	if again := name("user-9", "@ana:example.org"); again != first {
		t.Errorf("%q first, then %q", first, again)
	}
	if again := name("user-9"); again != first {
		t.Errorf("%q first, by the other address alone %q", first, again)
	}
	if err := b.Answered(t.Context(), custom, "1234567", "rewritten"); err != nil {
		t.Fatal(err)
	}
	if got := name("rewritten"); got != "1234567" {
		t.Errorf("who answers from the other address is called %q", got)
	}
	if b.Key(custom.ID, first) != b.AddressKey(custom, "@ana:example.org") {
		t.Error("one contact has two keys")
	}
}
