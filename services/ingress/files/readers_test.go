package files

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadersAreBoundedInAllAndForEachCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s readers
		one, two, three := netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("10.0.0.2/32"), netip.MustParsePrefix("10.0.0.3/32")
		take := func(caller netip.Prefix) (leave func()) {
			leave, ok := s.enter(t.Context(), caller)
			if !ok {
				return nil
			}
			return leave
		}
		var leave func()
		for range MostOfCaller {
			if leave = take(one); leave == nil {
				t.Fatal("no place for the first")
			}
		}
		if take(one) != nil {
			t.Error("one caller has more places than it may")
		}
		for range most - MostOfCaller {
			if take(two) == nil {
				t.Fatal("one caller takes another's places")
			}
		}
		if take(three) != nil {
			t.Error("more read than may")
		}
		time.AfterFunc(time.Second, leave)
		last := take(three)
		if last == nil {
			t.Fatal("a place that became free is not taken")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, ok := s.enter(ctx, three); ok {
			t.Error("one that has hung up got a place")
		}
		last()
		if take(three) == nil {
			t.Error("a place was not given back")
		}
	})
}
