package directory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

// verifying calls back what the door is told.
func verifying(t *testing.T, b *bus.Bus) <-chan []directory.Verified {
	t.Helper()
	told := make(chan []directory.Verified, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- directory.WatchVerifiers(ctx, b, func(v []directory.Verified) { told <- v }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return told
}

// shown waits until the door is told channels for which this holds.
func shown(t *testing.T, told <-chan []directory.Verified, holds func([]directory.Verified) bool) []directory.Verified {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case v := <-told:
			if holds(v) {
				return v
			}
		case <-limit:
			t.Fatal("never told")
		}
	}
}

func TestTheDoorIsToldWhatJudgesCallsAndNothingThatSends(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	e := entry("A", "toy", `{"token":"sends-0123456789","signing":["judges-1","judges-2"],"app":"1"}`)
	e.Verifies = []string{"signing", "app", "none"}
	fill(t, b, e)
	got := shown(t, verifying(t, b), func(v []directory.Verified) bool { return len(v) == 1 })[0]
	if got.Channel != e.Channel || string(got.Account) != `{"app":"1","signing":["judges-1","judges-2"]}` || got.Token != directory.TokenDigest("of-A") {
		t.Errorf("%+v", got)
	}
	raw, _, err := kv.Open(b, topology.Secrets).Get(t.Context(), "verify.toy.A")
	if err != nil {
		t.Fatal(err)
	}
	for _, sends := range []string{"sends-0123456789", "of-A"} {
		if bytes.Contains(raw, []byte(sends)) {
			t.Errorf("the door holds %s", sends)
		}
	}
}

// A repeated call is dropped within one account: another one, with whatever secrets, has another revision.
func TestARevisionIsThatOfTheWholeAccount(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	e := entry("A", "toy", `{"token":"1","signing":"s"}`)
	e.Verifies = []string{"signing"}
	fill(t, b, e)
	told := verifying(t, b)
	first := shown(t, told, func(v []directory.Verified) bool { return len(v) == 1 })[0]
	before := secrets(t, b)
	fill(t, b, e)
	if after := secrets(t, b); !bytes.Equal(before["verify.toy.A"], after["verify.toy.A"]) {
		t.Error("the same account has another revision")
	}
	e.Account = json.RawMessage(`{"token":"2","signing":"s"}`)
	fill(t, b, e)
	shown(t, told, func(v []directory.Verified) bool {
		return len(v) == 1 && v[0].Revision != first.Revision && string(v[0].Account) == `{"signing":"s"}`
	})
}

// secrets are what the bucket holds.
func secrets(t *testing.T, b *bus.Bus) map[string][]byte {
	t.Helper()
	all, err := kv.Open(b, topology.Secrets).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Where an earlier version has filled the buckets, the door waits until this one has: it would refuse every call of a channel
// whose verifier is not there.
func TestTheDoorWaitsForVerifiersOfChannelsThatAreThere(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	old, e := entry("A", "toy", `{"signing":"a"}`), entry("B", "toy", `{"signing":"b"}`)
	fill(t, b, old, e)
	if err := kv.Open(b, topology.Secrets).Delete(t.Context(), "verify.toy.A"); err != nil {
		t.Fatal(err)
	}
	told := verifying(t, b)
	fill(t, b, old, e) // nothing has changed but what this version adds
	first := shown(t, told, func([]directory.Verified) bool { return true })
	if ids := channelIDs(first); !slices.Equal(ids, []string{"A", "B"}) {
		t.Errorf("first told %v", ids)
	}
	if d, err := directory.Compare(t.Context(), b, []directory.Entry{old, e}); err != nil || !d.Empty() {
		t.Errorf("%v, %v", d, err)
	}
	if _, err := directory.Clear(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	shown(t, told, func(v []directory.Verified) bool { return len(v) == 0 })
	if left := secrets(t, b); len(left) != 1 { // the digest key
		t.Errorf("%d keys are left", len(left))
	}
}

func channelIDs(all []directory.Verified) (ids []string) {
	for _, v := range all {
		ids = append(ids, v.ID)
	}
	return ids
}
