package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/reason"
)

// vendor gives access tokens for an hour, and a new refresh token each time: the one before is used up.
type vendor struct {
	mu      sync.Mutex
	good    string // the refresh token that is good now
	given   int
	revoked []string
	asked   func() // runs while it is asked
}

func (v *vendor) refresh(ctx context.Context, token string) (provider.Renewed, error) {
	if v.asked != nil {
		v.asked()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if token != v.good {
		return provider.Renewed{}, outcome.Reject(reason.CredentialRefused, errors.New("status 400"))
	}
	v.given++
	v.good = fmt.Sprintf("refresh-%d", v.given)
	return provider.Renewed{Access: fmt.Sprintf("access-%d", v.given), Refresh: v.good, Until: time.Now().Add(time.Hour)}, nil
}

// take is what the network does with an access token.
func (v *vendor) take(access string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if slices.Contains(v.revoked, access) {
		return outcome.Suspend(reason.CredentialRefused, errors.New("status 401"))
	}
	return nil
}

// process is a process with the account's token.
func (v *vendor) process(state *sendertest.State, seed string) *provider.Token {
	return provider.NewToken(state, "oauth", provider.NewSecret(seed), v.refresh)
}

func class(err error) result.Class {
	if err == nil {
		return result.Sent
	}
	return outcome.Classify(err).Class
}

// What is used up at the vendor has to be replaced on the disk first: a crash after it would lock the account out.
func TestANewRefreshTokenIsStoredBeforeItsAccessTokenIsUsed(t *testing.T) {
	v, state := &vendor{good: "seed"}, &sendertest.State{}
	a := v.process(state, "seed")
	v.asked = func() { state.Fail(true) }
	for range 3 {
		if err := a.Use(t.Context(), func(string) error { t.Error("the access token is used"); return nil }); class(err) != result.Retry {
			t.Fatalf("with a store that is full: %v", err)
		}
	}
	state.Fail(false)
	if err := a.Use(t.Context(), v.take); err != nil || v.given != 1 {
		t.Errorf("%v; the vendor gave %d tokens, want the one that was given before", err, v.given)
	}
	if !strings.Contains(strings.Join(state.Held(), ""), `"refresh":"refresh-1"`) {
		t.Errorf("%q holds no refresh-1", state.Held())
	}
	v.asked = nil
	// another process goes on with what is stored
	if err := v.process(state, "seed").Use(t.Context(), v.take); err != nil || v.given != 1 {
		t.Errorf("%v; the vendor gave %d tokens", err, v.given)
	}
}

func TestOneProcessRenewsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, state := &vendor{good: "seed"}, &sendertest.State{}
		go_ := make(chan struct{})
		v.asked = func() { <-go_ }
		first := v.process(state, "seed")
		done := make(chan error, 1)
		go func() { done <- first.Use(t.Context(), v.take) }()
		synctest.Wait() // the vendor is being asked
		others := []*provider.Token{v.process(state, "seed"), v.process(state, "seed")}
		for _, p := range others {
			if err := p.Use(t.Context(), v.take); class(err) != result.Waiting {
				t.Errorf("while another process renews: %v", err)
			}
		}
		close(go_)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		for _, p := range append(others, first) {
			if err := p.Use(t.Context(), v.take); err != nil {
				t.Error(err)
			}
		}
		if v.given != 1 {
			t.Errorf("the vendor was asked %d times", v.given)
		}
		time.Sleep(time.Hour)
		for _, p := range append(others, first) {
			if err := p.Use(t.Context(), v.take); err != nil {
				t.Error(err)
			}
		}
		if v.given != 2 {
			t.Errorf("after an hour the vendor was asked %d times", v.given)
		}
	})
}

func TestATokenThatIsRefusedIsRenewedOnce(t *testing.T) {
	v, state := &vendor{good: "seed"}, &sendertest.State{}
	a, b := v.process(state, "seed"), v.process(state, "seed")
	for _, p := range []*provider.Token{a, b} {
		if err := p.Use(t.Context(), v.take); err != nil {
			t.Fatal(err)
		}
	}
	v.revoked = []string{"access-1"}
	for _, p := range []*provider.Token{a, b} {
		if err := p.Use(t.Context(), v.take); err != nil {
			t.Error(err)
		}
	}
	if v.given != 2 {
		t.Errorf("the vendor gave %d tokens", v.given)
	}
	v.revoked = []string{"access-1", "access-2", "access-3"}
	if err := a.Use(t.Context(), v.take); class(err) != result.Suspended {
		t.Errorf("an account whose new token is refused too: %v", err)
	}
}

func TestARefusedRefreshSuspendsUntilThereIsAnotherSeed(t *testing.T) {
	v, state := &vendor{good: "other"}, &sendertest.State{}
	old := v.process(state, "seed")
	for range 2 {
		if err := old.Use(t.Context(), v.take); class(err) != result.Suspended {
			t.Fatalf("%v", err)
		}
	}
	if err := v.process(state, "other").Use(t.Context(), v.take); err != nil {
		t.Errorf("another seed does not begin anew: %v", err)
	}
	// a process that has the seed before still: what the other has stored is not its own, and stays
	if err := old.Use(t.Context(), v.take); class(err) != result.Suspended {
		t.Errorf("%v", err)
	}
	if err := v.process(state, "other").Use(t.Context(), v.take); err != nil || v.given != 1 {
		t.Errorf("%v; the vendor gave %d tokens", err, v.given)
	}
	for seed := range 10 { // what was configured long ago is forgotten
		_ = v.process(state, fmt.Sprint(seed)).Use(t.Context(), v.take)
	}
	if held := strings.Join(state.Held(), ""); strings.Count(held, `"seed"`) > 3 {
		t.Error(held)
	}
}

// The one that renews may die in the middle of it: its turn ends.
func TestATurnEndsWithItsProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, state := &vendor{good: "seed"}, &sendertest.State{}
		died := make(chan struct{})
		v.asked = func() { <-died }
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			synctest.Wait()
			cancel()
		}()
		if err := v.process(state, "seed").Use(ctx, v.take); class(err) != result.Waiting {
			t.Errorf("a send whose context ends: %v", err)
		}
		v.asked = nil
		next := v.process(state, "seed")
		if err := next.Use(t.Context(), v.take); class(err) != result.Waiting {
			t.Errorf("its turn is over at once: %v", err)
		}
		time.Sleep(61 * time.Second)
		if err := next.Use(t.Context(), v.take); err != nil {
			t.Errorf("its turn does not end: %v", err)
		}
		// it was not dead, only slow: its token is used up by now, and the newer one stays
		close(died)
		synctest.Wait()
		if err := v.process(state, "seed").Use(t.Context(), v.take); err != nil || v.given != 1 {
			t.Errorf("%v; the vendor gave %d tokens", err, v.given)
		}
	})
}

// A send that is given up does not throw away what the vendor gives meanwhile.
func TestARenewalOutlivesTheSendThatBeganIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, state := &vendor{good: "seed"}, &sendertest.State{}
		held := make(chan struct{})
		v.asked = func() { <-held }
		p := v.process(state, "seed")
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			synctest.Wait()
			cancel()
		}()
		if err := p.Use(ctx, v.take); class(err) != result.Waiting {
			t.Fatalf("%v", err)
		}
		close(held)
		synctest.Wait()
		if err := p.Use(t.Context(), v.take); err != nil || v.given != 1 {
			t.Errorf("%v; the vendor gave %d tokens", err, v.given)
		}
	})
}

// Nothing was sent where no token was had, whatever became of the refresh.
func TestARefreshWithoutAnAnswerIsTriedAgain(t *testing.T) {
	p := provider.NewToken(&sendertest.State{}, "oauth", provider.NewSecret("seed"), func(context.Context, string) (provider.Renewed, error) {
		return provider.Renewed{}, outcome.Uncertain(errors.New("the connection is lost"))
	})
	if err := p.Use(t.Context(), nil); class(err) != result.Retry {
		t.Errorf("%v", err)
	}
}

func TestARefreshThatPanicsEndsNothingElse(t *testing.T) {
	p := provider.NewToken(&sendertest.State{}, "oauth", provider.NewSecret("seed"), func(context.Context, string) (provider.Renewed, error) {
		panic("seed")
	})
	for range 2 {
		if err := p.Use(t.Context(), nil); class(err) != result.Retry || strings.Contains(err.Error(), "seed") {
			t.Errorf("%v", err)
		}
	}
}

// Where nothing can be kept, as in a check without a bridge, no token is used up.
func TestWithoutABridgeNoTokenIsUsedUp(t *testing.T) {
	v := &vendor{good: "seed"}
	var state provider.State
	probe := provider.Network[struct{}]{Open: func(_ struct{}, h provider.Host) (provider.Sender, error) {
		state = h.State
		return nil, errors.New("seen")
	}}
	bound, err := probe.Bind([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = bound.Open(provider.Host{})
	err = provider.NewToken(state, "oauth", provider.NewSecret("seed"), v.refresh).Use(t.Context(), v.take)
	if class(err) != result.Retry || v.given != 0 {
		t.Errorf("%v; the vendor gave %d tokens", err, v.given)
	}
}
