package line_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/line/linetest"
)

// Lost answers double nothing and lose nothing, whatever process tries again, by reply, by push, and where one follows
// the other.
func TestLostAnswers(t *testing.T) {
	user := linetest.User(1)
	before, after := standin.Fault{DropBefore: true}, standin.Fault{DropAfter: true}
	for _, test := range []struct {
		name string
		play func(b *bridge, m *messagev1.Message)
		want string
	}{
		{"reply taken, answer lost", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(after)
			b.want(m, result.Uncertain)
		}, "reply m"},
		{"reply lost on its way", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(before)
			b.want(m, result.Uncertain)
		}, "reply m"},
		{"reply taken, every answer lost for a while", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(before, after, after, standin.Fault{Status: 500})
			for range 3 {
				b.want(m, result.Uncertain)
			}
			b.want(m, result.Retry)
		}, "reply m"},
		{"reply taken, and a new token before the next try", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(after)
			b.want(m, result.Uncertain)
			b.hear(b.api.Text(user, "¿hola?"))
		}, "reply m"},
		{"reply taken, and a limit before the next try", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(after)
			b.want(m, result.Uncertain)
			b.api.Limit(time.Hour)
			b.want(m, result.Waiting)
			b.api.Limit(0)
		}, "reply m"},
		{"reply taken, and the credential dead for a while", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(after)
			b.want(m, result.Uncertain)
			b.api.Revoke(true)
			b.want(m, result.Suspended)
			b.api.Revoke(false)
		}, "reply m"},
		{"push taken, answer lost", func(b *bridge, m *messagev1.Message) {
			b.api.Fail(after)
			b.want(m, result.Uncertain)
		}, "push m"},
		{"push lost on its way", func(b *bridge, m *messagev1.Message) {
			b.api.Fail(before, before)
			b.want(m, result.Uncertain)
			b.want(m, result.Uncertain)
		}, "push m"},
		{"push taken, and a token before the next try", func(b *bridge, m *messagev1.Message) {
			b.api.Fail(after)
			b.want(m, result.Uncertain)
			b.hear(b.api.Text(user, "hola"))
		}, "push m"},
		{"token refused, push taken, answer lost", func(b *bridge, m *messagev1.Message) {
			spent := b.api.Text(user, "hola")
			b.hear(spent)
			b.api.Spend(spent.ReplyToken())
			b.api.Fail(standin.Fault{Call: "push", DropAfter: true})
			b.want(m, result.Uncertain)
		}, "push m"},
		{"token refused, push lost on its way", func(b *bridge, m *messagev1.Message) {
			spent := b.api.Text(user, "hola")
			b.hear(spent)
			b.api.Spend(spent.ReplyToken())
			b.api.Fail(standin.Fault{Call: "push", DropBefore: true})
			b.want(m, result.Uncertain)
		}, "push m"},
		{"token refused, push taken, answer lost, and a new token", func(b *bridge, m *messagev1.Message) {
			b.api.KeepTokens(0)
			b.hear(b.api.Text(user, "hola"))
			b.api.Fail(standin.Fault{Call: "push", DropAfter: true})
			b.want(m, result.Uncertain)
			b.api.KeepTokens(time.Minute)
			b.hear(b.api.Text(user, "¿hola?"))
		}, "push m"},
		{"reply limited, then push taken, answer lost", func(b *bridge, m *messagev1.Message) {
			b.hear(b.api.Text(user, "hola"))
			b.api.Limit(time.Hour)
			b.want(m, result.Waiting)
			b.api.Limit(0)
			b.api.Fail(after)
			b.want(m, result.Uncertain)
		}, "push m"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := start(t)
			m := b.text(user, "m")
			test.play(b, m)
			b.wantSent(m)
			b.wantSent(b.text(user, "next"))
			got := b.received(user)
			if len(got) != 2 || got[0] != test.want || got[1] != "push next" && got[1] != "reply next" {
				t.Errorf("received %q, want %q and the next", got, test.want)
			}
		})
	}
}

// The same by chance: whatever goes wrong with a try, each message arrives once, in order.
func TestLostAnswersByChance(t *testing.T) {
	const users, messages, tries = 8, 20, 6
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			b := start(t)
			r := rand.New(rand.NewPCG(seed, 1))
			for i := range messages {
				for u := range users {
					user := linetest.User(u)
					faults := []standin.Fault{{DropBefore: true}, {DropAfter: true}, {Status: 500}, {Status: 503}, {Call: "push", DropAfter: true}}
					if r.IntN(2) == 0 {
						e := b.api.Text(user, "hola")
						b.hear(e)
						if r.IntN(4) == 0 { // somebody else's reply: LINE has to be heard to say so
							b.api.Spend(e.ReplyToken())
							faults = []standin.Fault{{Call: "push", DropBefore: true}, {Call: "push", DropAfter: true}, {Call: "push", Status: 500}}
						}
					}
					m := b.text(user, fmt.Sprint(i))
					for range r.IntN(tries) {
						b.api.Fail(faults[r.IntN(len(faults))])
						if _, err := b.try(m); err == nil {
							break
						}
						if r.IntN(3) == 0 {
							b.hear(b.api.Text(user, "¿?"))
						}
					}
					for n := 0; ; n++ { // what is left of the faults
						_, err := b.try(m)
						if err == nil {
							break
						}
						if n > 4*tries {
							t.Fatalf("message %d of user %d: %v", i, u, err)
						}
					}
				}
			}
			for u := range users {
				var got []string
				for _, m := range b.api.Messages(linetest.User(u)) {
					got = append(got, m.Text)
				}
				var want []string
				for i := range messages {
					want = append(want, fmt.Sprint(i))
				}
				if !slices.Equal(got, want) {
					t.Errorf("user %d received %q", u, got)
				}
			}
		})
	}
}

// oldReplies give a token out again that is over.
type oldReplies struct {
	provider.Replies
	dropped bool
	failing error
}

func (r *oldReplies) Take(context.Context, *messagev1.Message) (provider.Reply, bool, error) {
	if r.dropped {
		return provider.Reply{}, true, nil
	}
	return provider.Reply{Token: "over", Until: time.Now().Add(-time.Second)}, true, r.failing
}

func (r *oldReplies) Drop(context.Context, *messagev1.Message) error {
	r.dropped = true
	return nil
}

// After its time a token's refusal says nothing: rather twice than never, but never more than twice.
func TestTokenThatIsOverWhenItIsTriedAgain(t *testing.T) {
	b := start(t)
	replies := &oldReplies{}
	b.host.Replies = replies
	m := b.text(linetest.User(1), "m")
	b.api.Fail(standin.Fault{Call: "push", DropAfter: true})
	b.want(m, result.Uncertain)
	b.wantSent(m)
	if got := b.received(linetest.User(1)); !slices.Equal(got, []string{"push m"}) {
		t.Errorf("received %q", got)
	}
	var names []string
	for _, c := range b.api.Calls() {
		names = append(names, fmt.Sprint(c.Name[len("POST /v2/bot/message/"):], c.Status))
	}
	if want := []string{"reply400", "push0", "push409"}; !slices.Equal(names, want) {
		t.Errorf("calls %q, want %q", names, want)
	}
}

// Where nobody knows how a message was tried first it is not tried.
func TestNothingIsSentWhereTheTokenCannotBeLookedUp(t *testing.T) {
	b := start(t)
	b.host.Replies = &oldReplies{failing: errors.New("the broker is away")}
	b.want(b.text(linetest.User(1), "m"), result.Retry)
	if calls := b.api.Calls(); len(calls) > 0 {
		t.Errorf("called %v", calls)
	}
}
