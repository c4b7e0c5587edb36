package grant_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/provider/internal/grant"
)

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct{ life, fresh time.Duration }{
			"an hour": {time.Hour, 59 * time.Minute}, "a short life": {time.Minute, 30 * time.Second},
		} {
			var g grant.Grant
			g.Take("me", time.Minute)
			g.Give("access", "refresh", time.Now().Add(test.life))
			if g.Taken("you") {
				t.Errorf("%s: the turn is not over", name)
			}
			time.Sleep(test.fresh - 1)
			if !g.Fresh("") || g.Fresh("access") {
				t.Errorf("%s: fresh %t; refused and fresh %t", name, g.Fresh(""), g.Fresh("access"))
			}
			time.Sleep(1)
			if g.Fresh("") || !g.Lives("") || g.Lives("access") {
				t.Errorf("%s: fresh %t, lives %t; refused and alive %t", name, g.Fresh(""), g.Lives(""), g.Lives("access"))
			}
			time.Sleep(test.life - test.fresh)
			if g.Lives("") {
				t.Errorf("%s: it lives after its end", name)
			}
		}
		var g grant.Grant
		g.Give("access", "", time.Time{})
		if !g.Fresh("") {
			t.Error("one without an end is not fresh")
		}
	})
}

func TestATurnEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g grant.Grant
		g.Take("me", time.Minute)
		if g.Taken("me") || !g.Taken("you") {
			t.Errorf("taken from me %t, from you %t", g.Taken("me"), g.Taken("you"))
		}
		time.Sleep(time.Minute)
		if g.Taken("you") {
			t.Error("a turn goes on for ever")
		}
	})
}

// While a token is changed there are processes with either: neither throws away what the other was given.
func TestGrantsOfOtherSeedsStay(t *testing.T) {
	t.Parallel()
	var data []byte
	for _, seed := range []string{"a", "b", "c", "d", "b"} {
		g, others := grant.Read(data, seed)
		g.Give("access of "+seed, "", time.Time{})
		var err error
		if data, err = grant.Data(g, others); err != nil {
			t.Fatal(err)
		}
	}
	for seed, want := range map[string]string{"a": "", "b": "access of b", "c": "access of c", "d": "access of d"} {
		if g, _ := grant.Read(data, seed); g.Access != want || g.Seed != seed {
			t.Errorf("%s has %q, of %s", seed, g.Access, g.Seed)
		}
	}
	if g, others := grant.Read([]byte("{"), "a"); g != (grant.Grant{Seed: "a"}) || others != nil {
		t.Errorf("what cannot be read is %v, %v", g, others)
	}
}
