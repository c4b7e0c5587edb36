package deadletter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

func TestLettersAreListedInPages(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("puente")
	began := time.Now().Add(-time.Hour)
	for i := range 25 {
		network, channel := "testnet", "ch1"
		if i%5 == 0 {
			network = "other"
		}
		if i%2 == 0 {
			channel = "ch2"
		}
		if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.DeadSubject("egress-testnet", network, channel), Body: &eventv1.DeadLetter{
			Key: fmt.Sprint(i), At: timestamppb.New(began.Add(time.Duration(i) * time.Minute)),
		}}); err != nil {
			t.Fatal(err)
		}
	}
	list := func(q deadletter.Query) (keys []string, last uint64, more bool) {
		letters, more, err := deadletter.List(t.Context(), b, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range letters {
			keys, last = append(keys, l.Key), l.Sequence
		}
		return keys, last, more
	}
	for name, test := range map[string]struct {
		query deadletter.Query
		want  []string
	}{
		"a network":             {deadletter.Query{Network: "other"}, []string{"0", "5", "10", "15", "20"}},
		"a channel":             {deadletter.Query{Channel: "ch2", Since: began.Add(20 * time.Minute)}, []string{"20", "22", "24"}},
		"a channel's network":   {deadletter.Query{Channel: "ch2", Network: "other"}, []string{"0", "10", "20"}},
		"one that is not there": {deadletter.Query{Channel: "ch3"}, nil},
		"from a time on":        {deadletter.Query{Since: began.Add(23 * time.Minute)}, []string{"23", "24"}},
	} {
		if got, _, more := list(test.query); more || !cmp.Equal(test.want, got) {
			t.Errorf("%s: %v, more: %t", name, got, more)
		}
	}
	var pages [][]string
	for after, more := uint64(0), true; more; {
		var page []string
		page, after, more = list(deadletter.Query{Network: "testnet", Limit: 8, After: after})
		pages = append(pages, page)
	}
	want := [][]string{{"1", "2", "3", "4", "6", "7", "8", "9"}, {"11", "12", "13", "14", "16", "17", "18", "19"}, {"21", "22", "23", "24"}}
	if diff := cmp.Diff(want, pages); diff != "" {
		t.Error(diff)
	}
}
