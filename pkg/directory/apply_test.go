package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

func TestApplyingSaysWhatWasDifferent(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	a, c, d := entry("A", "toy", `{"n":1}`), entry("C", "toy", `{"n":2}`), entry("D", "toy", `{"n":3}`)
	renewed, moved, called := entry("A", "toy", `{"n":4}`), entry("C", "other", `{"n":2}`), entry("D", "toy", `{"n":3}`)
	called.ContactID = "phone"
	otherToken := entry("D", "toy", `{"n":3}`)
	otherToken.Platform = []byte(`{"api_token":"new"}`)
	spoken := otherToken
	spoken.Locale = "en"
	for _, step := range []struct {
		name    string
		entries []directory.Entry
		want    directory.Difference
		text    string
	}{
		{"the first", []directory.Entry{d, a, c}, directory.Difference{Added: []string{"A", "C", "D"}}, "added A, C, D"},
		{"the same", []directory.Entry{a, c, d}, directory.Difference{}, "nothing changed"},
		{"other credentials, another network", []directory.Entry{renewed, moved, d}, directory.Difference{Changed: []string{"A", "C"}}, "changed A, C"},
		{"another setting, and one less", []directory.Entry{renewed, called}, directory.Difference{Changed: []string{"D"}, Removed: []string{"C"}}, "changed D; removed C"},
		{"another token of the platform", []directory.Entry{renewed, otherToken, c}, directory.Difference{Added: []string{"C"}, Changed: []string{"D"}}, "added C; changed D"},
		{"another language", []directory.Entry{renewed, spoken, c}, directory.Difference{Changed: []string{"D"}}, "changed D"},
	} {
		got, err := directory.Apply(t.Context(), b, step.entries)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
		if got.String() != step.text || got.Empty() != (step.text == "nothing changed") {
			t.Errorf("%s: %q", step.name, got)
		}
	}
}

// TestAnEmptyListRemovesNothing: a file that was cut off has no channels either.
func TestAnEmptyListRemovesNothing(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	if d, err := directory.Apply(t.Context(), b, nil); err != nil || !d.Empty() {
		t.Errorf("where there is no channel: %s, %v", d, err)
	}
	fill(t, b, entry("B", "toy", `{}`), entry("A", "toy", `{}`))
	_, err := directory.Apply(t.Context(), b, nil)
	refused, ok := errors.AsType[*directory.RemovesAllError](err)
	if !ok || !slices.Equal(refused.Channels, []string{"A", "B"}) || !strings.Contains(err.Error(), "has 2 (A, B): none was removed") {
		t.Errorf("%v", err)
	}
	if have, err := directory.List(t.Context(), b); err != nil || len(have) != 2 {
		t.Errorf("%d channels are left, %v", len(have), err)
	}
	if d, err := directory.Clear(t.Context(), b); err != nil || d.String() != "removed A, B" {
		t.Errorf("%s, %v", d, err)
	}
}

func TestWhatIsRightIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	a := entry("A", "toy", `{"n":1}`)
	revisions := func() (all []uint64) {
		for bucket, key := range map[string]string{topology.Channels: "channel.toy.A", topology.Secrets: "toy.A"} {
			_, revision, err := kv.Open(b, bucket).Get(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, revision)
		}
		return all
	}
	fill(t, b, a)
	before := revisions()
	fill(t, b, a)
	if sum(before) != sum(revisions()) {
		t.Errorf("%v, then %v", before, revisions())
	}
}

func sum(numbers []uint64) (total uint64) {
	for _, n := range numbers {
		total += n
	}
	return total
}

func TestALongDifferenceIsShortened(t *testing.T) {
	t.Parallel()
	var d directory.Difference
	for i := range 60 {
		d.Added = append(d.Added, fmt.Sprintf("c%02d", i))
	}
	if text := d.String(); !strings.HasSuffix(text, ", c49 and 10 more") {
		t.Error(text)
	}
}

func TestDeclarationsAreFollowed(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("egress-toy")
	type declaration struct{ Text int }
	declare := func(network string, what any) {
		t.Helper()
		if err := directory.Declare(t.Context(), b, network, what); err != nil {
			t.Fatal(err)
		}
	}
	declare("toy", declaration{1})
	var d directory.Declarations[declaration]
	if _, err := d.Of("toy"); err == nil {
		t.Error("known before it is followed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	reader := s.Connect("ingress")
	go func() { done <- d.Follow(ctx, reader) }()
	<-d.Synced()
	if got, err := d.Of("toy"); err != nil || got.Text != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := d.Of("other"); err == nil || !strings.Contains(err.Error(), "other: the network's service has not declared itself yet") {
		t.Errorf("an unknown network: %v", err)
	}
	is := func(network string, text int) {
		t.Helper()
		for began := time.Now(); ; time.Sleep(time.Millisecond) {
			if got, err := d.Of(network); err == nil && got.Text == text {
				return
			}
			if time.Since(began) > 30*time.Second {
				t.Fatal("never")
			}
		}
	}
	declare("other", declaration{7})
	is("other", 7)
	declare("toy", "no declaration")
	declare("other", declaration{8})
	is("other", 8)
	is("toy", 1) // the last that could be read
	if err := kv.Open(b, topology.Networks).Delete(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	declare("toy", declaration{2})
	is("toy", 2)
	is("other", 8)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
