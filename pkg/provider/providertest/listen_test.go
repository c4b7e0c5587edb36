package providertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/webhook"
)

// hearing is the toy with another ear.
func hearing(ear func(ctx context.Context, s *toySender, cursor string, store provider.Store) error) provider.Driver {
	n := toy
	n.Open = func(a account, h provider.Host) (provider.Sender, error) {
		return &toySender{account: a, client: h.Client, ear: ear}, nil
	}
	return n
}

// polling is an ear that treats each answer in its own way.
func polling(each func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error) provider.Driver {
	return hearing(func(ctx context.Context, s *toySender, cursor string, store provider.Store) error {
		for ctx.Err() == nil {
			heard, next, err := s.poll(ctx, cursor)
			if err != nil {
				return err
			}
			if err := each(ctx, store, heard, next); err != nil {
				return err
			}
			cursor = next
		}
		return nil
	})
}

// deaf sends only.
type deaf struct{ provider.Sender }

func TestFaultyEarsAreCaught(t *testing.T) {
	for name, test := range map[string]struct {
		network provider.Driver
		want    string
	}{
		"a context that is not heeded": {hearing(func(ctx context.Context, s *toySender, cursor string, store provider.Store) error {
			err := sound(s).Listen(ctx, cursor, store)
			if ctx.Err() != nil {
				select {}
			}
			return err
		}), "does not end with its context"},
		"a failed store that is not heeded": {polling(func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error {
			_ = store(ctx, next, heard...)
			return nil
		}), "asks the network on after what was heard could not be stored"},
		"a failed store that is hidden": {polling(func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error {
			if store(ctx, next, heard...) != nil {
				return outcome.Temporary(why("bad luck"), nil)
			}
			return nil
		}), "what could not be stored is not its error, but bad luck"},
		"a store that goes on": {polling(func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error {
			var errs []error
			for _, h := range heard {
				errs = append(errs, store(ctx, next, h))
			}
			return errors.Join(errs...)
		}), "stores on after what could not be stored"},
		"a cursor that runs ahead": {polling(func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error {
			if err := store(ctx, next); err != nil {
				return err
			}
			return store(ctx, "", heard...)
		}), "the cursor is moved before what it covers is stored"},
		"a key of its own": {polling(func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error {
			for i := range heard {
				heard[i].Key = "mine-" + heard[i].Key
			}
			return store(ctx, next, heard...)
		}), `a call is heard as "mine-7", and as a webhook's it is "7"`},
		"a body that Receive panics on": {polling(func(ctx context.Context, store provider.Store, heard []provider.Heard, next string) error {
			for i := range heard {
				heard[i].Suffix = "/boom"
			}
			return store(ctx, next, heard...)
		}), "panic: boom"},
		"a panic": {hearing(func(context.Context, *toySender, string, provider.Store) error { panic("boom") }), "panic: boom"},
		"an error that nobody classified": {hearing(func(ctx context.Context, s *toySender, cursor string, store provider.Store) error {
			if err := sound(s).Listen(ctx, cursor, store); err != nil {
				return errors.New("no")
			}
			return nil
		}), "not classified"},
		"a secret in an error": {hearing(func(ctx context.Context, s *toySender, cursor string, store provider.Store) error {
			if err := sound(s).Listen(ctx, cursor, store); err != nil {
				return outcome.Suspend(why("refused"), fmt.Errorf("with %s", s.account.Key.Reveal()))
			}
			return nil
		}), "the error holds the secret key"},
		"no ear at all": {func() provider.Driver {
			n := toy
			n.Abilities = provider.Abilities{Validator: account{}}
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				return deaf{&toySender{account: a, client: h.Client}}, nil
			}
			return n
		}(), "answers were not asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := conversation.Load("testdata/listen.txtar")
			if err != nil {
				t.Fatal(err)
			}
			l := &listener{}
			n := test.network.(provider.Network[account])
			right := n.Receive
			n.Receive = func(a account, c webhook.Call) ([]provider.Event, error) {
				if c.Suffix == "/boom" {
					panic("boom")
				}
				return right(a, c)
			}
			Kit{}.run(n).play(t, l, c)
			if got := l.String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}

// sound is a sender with the toy's own ear.
func sound(s *toySender) *toySender { return &toySender{account: s.account, client: s.client} }
