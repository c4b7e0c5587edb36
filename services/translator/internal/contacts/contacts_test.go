package contacts

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

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

// CONTACTS keeps what it has for good: once it is full it stays so, and who is known has to be served all the same.
func TestWhoIsKnownHasANameWhereTheStoreIsFull(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	if err := provision.Apply(t.Context(), b.bus, []string{"a"}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	known := &messagev1.Contact{Address: "user-7", Profile: &messagev1.Profile{Phone: "34600111333"}}
	half := &messagev1.Contact{Address: "user-8", Profile: &messagev1.Profile{Phone: "34600111444"}} // only the way back is stored
	fresh := &messagev1.Contact{Address: "user-9", Profile: &messagev1.Profile{Phone: "34600111555"}}
	if _, err := b.Name(t.Context(), phone, known, false); err != nil {
		t.Fatal(err)
	}
	if err := kv.Open(b.bus, topology.Contacts).Put(t.Context(), phone.ID+"."+b.Key(phone.ID, "+34600111444"), []byte("user-8")); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{32 << 10, 1} {
		var err error
		for i := 0; err == nil; i++ {
			err = kv.Open(b.bus, topology.Contacts).Put(t.Context(), fmt.Sprintf("other.%d-%d", size, i), make([]byte, size))
		}
		if !errors.Is(err, bus.ErrNoRoom) {
			t.Fatal(err)
		}
	}
	for contact, want := range map[*messagev1.Contact]string{known: "+34600111333", half: "+34600111444"} {
		if name, err := b.Name(t.Context(), phone, contact, false); err != nil || name != want {
			t.Errorf("%s is called %q, %v", contact.GetAddress(), name, err)
		}
	}
	if name, err := b.Name(t.Context(), phone, fresh, false); err == nil || err.Error() != (Nameless{reason.ContactsFull}).Error() {
		t.Errorf("%q, %v: there is no room for it", name, err)
	}
}
