package provider

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/internal/grant"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// Token is the access token of an account (OAuth). It is renewed by a credential that stays, such as a client secret, or by a refresh token,
// which may change with each use: whoever loses the new one is locked out. So one process renews at a time, the new refresh token is
// stored before the access token is used, and all processes use what one of them was given. It is safe for concurrent use. Open makes it
// once:
//
//	s.token = provider.NewToken(h.State, "oauth", a.RefreshToken, s.refresh)
//
//	err := s.token.Use(ctx, func(access string) error { … })
type Token struct {
	state   Values
	key     string
	seed    string // a digest of the configured token
	first   Secret // the configured token
	refresh Refresh
	own     string // stands for this process in a claim

	turn    chan struct{} // held by the one goroutine that reads or renews
	pending *kept         // what was given and could not be stored yet; of who holds the turn

	mu      sync.Mutex
	now     grant.Grant // the last that is known to be stored
	refused string      // the access token that the network refused last
}

// Refresh asks the network for a new access token, within 20 seconds. [outcome.Reject] and [outcome.Suspend] mean that the network refuses
// the refresh token.
type Refresh func(ctx context.Context, refreshToken string) (Renewed, error)

// Renewed is what a network gives for a refresh token.
type Renewed struct {
	// Access is the access token.
	Access string
	// Refresh is the new refresh token; "" if the old one stays valid.
	Refresh string
	// Until is when Access ends; zero if it is valid until it is refused. It is renewed a minute before it ends, or after half of its life
	// if that is shorter.
	Until time.Time
}

// NewToken makes a token that is kept in state under a key. seed is the refresh token of the configuration, or the secret that stays. With
// another seed than before, everything begins anew. The seed itself is not kept. NewToken does no I/O.
func NewToken(state Values, key string, seed Secret, refresh Refresh) *Token {
	sum := sha256.Sum256([]byte("seed:" + seed.Reveal()))
	return &Token{
		state: state, key: key, seed: base64.RawURLEncoding.EncodeToString(sum[:12]), first: seed, refresh: refresh,
		own: rand.Text(), turn: make(chan struct{}, 1),
	}
}

// Bounds of a renewal.
const (
	refreshFor   = 20 * time.Second
	claimFor     = time.Minute // longer than a refresh and its storing
	renewingWait = time.Second
)

// Use calls do with an access token. If do returns [outcome.Suspend], the network refused the token: it is renewed, and do is called once
// more. Its errors are those of do, or say why there is no token:
//
//   - [outcome.Suspend]: the network refuses the refresh token, and a person has to enter another one;
//   - [outcome.Wait]: another process is renewing it;
//   - the error that Refresh returned;
//   - the new refresh token could not be stored: then the access token is not used.
func (t *Token) Use(ctx context.Context, do func(access string) error) error {
	access, err := t.Access(ctx)
	if err != nil {
		return err
	}
	err = do(access)
	if f, ok := errors.AsType[*outcome.Failure](err); !ok || f.Class != result.Suspended {
		return err
	}
	t.Refused(access)
	if access, err = t.Access(ctx); err != nil {
		return err
	}
	return do(access)
}

// Refused tells that the network refused an access token. It is not used again.
func (t *Token) Refused(access string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = access
}

// Access is an access token that is valid as far as is known; if need be it is renewed first. Its errors are those of [Token.Use]. When the
// context ends, a renewal that has begun goes on, for at most half a minute, so that a new refresh token is not lost.
func (t *Token) Access(ctx context.Context) (string, error) {
	if access, ok := t.known(); ok {
		return access, nil
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", t.renewing(ctx.Err())
	}
	type given struct {
		access string
		err    error
	}
	done := make(chan given, 1) // nobody may wait for it any more
	go func() {
		defer func() { <-t.turn }()
		var g given
		defer func() {
			if recover() != nil { // it is in no log: it may hold a token
				g = given{err: outcome.Temporary(reason.Internal, errors.New("a refresh panicked"))}
			}
			done <- g
		}()
		g.access, g.err = t.obtain(context.WithoutCancel(ctx))
	}()
	select {
	case g := <-done:
		return g.access, g.err
	case <-ctx.Done():
		return "", t.renewing(ctx.Err())
	}
}

// obtain finds a token, or has it renewed. It is run by one goroutine of this process at a time.
func (t *Token) obtain(ctx context.Context) (string, error) {
	if access, ok := t.known(); ok { // the one before has just renewed it
		return access, nil
	}
	// what was given before and is not stored goes first: nothing else knows of it
	if t.pending != nil {
		if err := t.store(ctx, t.pending); err != nil {
			return "", err
		}
	}
	g, err := t.read(ctx)
	switch {
	case err != nil:
		return "", err
	case g.Fresh(t.refusal()):
		return t.take(g), nil
	case g.Taken(t.own):
		if g.Lives(t.refusal()) {
			return g.Access, nil
		}
		return "", t.renewing(errors.New("another process renews it"))
	}
	return t.renew(ctx, g)
}

// known is the token as this process knows it.
func (t *Token) known() (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now.Access, t.now.Fresh(t.refused)
}

// refusal is the access token that the network refused last.
func (t *Token) refusal() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused
}

// take has this process use what is stored.
func (t *Token) take(g kept) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = g.Grant
	return g.Access
}

// renewing is the error while somebody else renews.
func (t *Token) renewing(err error) error {
	return outcome.WaitBecause(renewingWait, outcome.Channel, reason.Renewing, err)
}

// renew claims the turn, refreshes, and stores what came of it.
func (t *Token) renew(ctx context.Context, g kept) (string, error) {
	g.Take(t.own, claimFor)
	if err := t.put(ctx, &g); err != nil {
		if errors.Is(err, ErrStateChanged) {
			return "", t.renewing(err)
		}
		return "", err
	}
	// from here on the old token may be used up
	asked, cancel := context.WithTimeout(ctx, refreshFor)
	defer cancel()
	given, err := t.refresh(asked, cmp.Or(g.Refresh, t.first.Reveal()))
	if err == nil && given.Access == "" {
		err = outcome.Temporary(reason.StrangeAnswer, errors.New("a refresh gave no access token"))
	}
	if err != nil {
		return "", t.failed(ctx, g, err)
	}
	g.Give(given.Access, given.Refresh, given.Until)
	if g.Refresh == t.first.Reveal() {
		g.Refresh = ""
	}
	if err := t.store(ctx, &g); err != nil {
		return "", err
	}
	return t.take(g), nil
}

// failed gives the turn back, and says what a refresh that failed means.
func (t *Token) failed(ctx context.Context, g kept, err error) error {
	f := outcome.Classify(err)
	refused := f.Class == result.Rejected || f.Class == result.Suspended
	// the turn may have ended while the network was asked: then another process has a newer token
	if now, failed := t.read(ctx); refused && failed == nil && !now.Same(&g.Grant) {
		return t.renewing(err)
	}
	g.Release()
	_ = t.put(ctx, &g) // else the claim ends by itself
	switch {
	case f.Class == result.Uncertain: // of the refresh, and not of the message
		return outcome.Temporary(reason.NoAnswer, err)
	case !refused || f.Class == result.Suspended:
		return err
	case f.Reason.IsZero(), f.Reason.Code() == reason.Refused.Code(): // which speaks of a message
		return outcome.Suspend(reason.CredentialRefused, err)
	default:
		return outcome.Suspend(f.Reason, err)
	}
}
