package storage

import (
	"errors"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/provider"
)

// However a message was tried first, it is tried again: with its token, or without, whatever was said meanwhile.
func TestRepliesKeepToTheFirstTry(t *testing.T) {
	r := NewReplies(Channel{bustest.Start(t, "courier").Connect("egress-courier"), "courier", "A"})
	say := func(token string) {
		t.Helper()
		if err := r.say(t.Context(), "17", provider.Reply{Token: token, Until: time.Now().Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	message := func(id string) *messagev1.Message {
		return &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: "17"}}
	}
	take := func(id, token string, again bool) {
		t.Helper()
		got, before, err := r.Take(t.Context(), message(id))
		if err != nil || got.Token != token || before != again {
			t.Fatalf("message %s takes %q, again %t: %v; want %q, %t", id, got.Token, before, err, token, again)
		}
	}

	take("none", "", false)
	say("first")
	take("none", "", true)
	take("a", "first", false)
	take("a", "first", true)
	say("second")
	take("a", "first", true)
	if err := r.Drop(t.Context(), message("a")); err != nil {
		t.Fatal(err)
	}
	take("a", "", true)
	take("b", "second", false)
	take("c", "", false) // a token serves one message
	take("c", "", true)
	if err := r.Drop(t.Context(), message("c")); err != nil { // it had none
		t.Fatal(err)
	}
	take("d", "", false)
	say("third")
	take("d", "", true)
	take("e", "third", false)
}

func TestRepliesReturnATokenThatIsOverToItsMessageOnly(t *testing.T) {
	r := NewReplies(Channel{bustest.Start(t, "courier").Connect("egress-courier"), "courier", "A"})
	m := &messagev1.Message{Id: "a", Contact: &messagev1.Contact{Address: "17"}}
	if err := r.write(t.Context(), "17", taken, reply{Token: "old", Until: time.Now().Add(-time.Second), Send: "a-0-0"}, 0); err != nil {
		t.Fatal(err)
	}
	if got, again, err := r.Take(t.Context(), m); err != nil || got.Token != "old" || !again {
		t.Errorf("%q, again %t: %v", got.Token, again, err)
	}
	m.Id = "b"
	if got, again, err := r.Take(t.Context(), m); err != nil || got.Token != "" || again {
		t.Errorf("another message: %q, again %t: %v", got.Token, again, err)
	}
}

// A call that comes again after others says nothing new; a record that was read before another wrote it is not written.
func TestRepliesKeepWhatWasSaidLast(t *testing.T) {
	r := NewReplies(Channel{bustest.Start(t, "courier").Connect("egress-courier"), "courier", "A"})
	now := time.Now()
	for token, until := range map[string]time.Time{"new": now.Add(time.Hour), "old": now.Add(time.Minute)} {
		if err := r.say(t.Context(), "17", provider.Reply{Token: token, Until: until}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := r.Last(t.Context(), "17"); err != nil || got.Token != "new" {
		t.Errorf("%q: %v", got.Token, err)
	}
	for _, stale := range []uint64{0, 1 << 40} {
		if err := r.write(t.Context(), "17", said, reply{Token: "stale"}, stale); !errors.Is(err, bus.ErrExists) && !errors.Is(err, bus.ErrConflict) {
			t.Errorf("revision %d: %v", stale, err)
		}
	}
}
