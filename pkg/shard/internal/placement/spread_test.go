package placement

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

func TestSpreadIsEven(t *testing.T) {
	t.Parallel()
	for members := 1; members <= 20; members++ {
		for groups := 0; groups <= 20; groups++ {
			var names []string
			for i := range groups {
				names = append(names, fmt.Sprintf("EGRESS_sms-%d", i))
			}
			owners := Spread("unit.egress-sms.", names, some(members))
			has := map[string]int{}
			for _, name := range names {
				if owners[name] == "" {
					t.Fatalf("%d members: %s has no owner", members, name)
				}
				has[owners[name]]++
			}
			if room := (groups + members - 1) / members; slices.Max(append(slices.Collect(maps.Values(has)), 0)) > room {
				t.Errorf("%d shards over %d members: %v, want at most %d each", groups, members, has, room)
			}
		}
	}
}

// TestSpreadKeepsGroupsTogether: a group counts for as many shards as are in it. One that is larger than anybody's room goes
// to who has least.
func TestSpreadKeepsGroupsTogether(t *testing.T) {
	t.Parallel()
	names := slices.Repeat([]string{"large"}, 9)
	for i := range 7 {
		names = append(names, fmt.Sprint("small", i))
	}
	owners := Spread("unit.egress-sms.", names, some(4))
	has := map[string]int{}
	for _, name := range names {
		has[owners[name]]++
	}
	if has[owners["large"]] != 9 {
		t.Errorf("the owner of the large group has %d shards, want its 9 alone: %v", has[owners["large"]], has)
	}
	for owner, n := range has {
		if owner != owners["large"] && n > 4 {
			t.Errorf("%s has %d shards, want at most 4: %v", owner, n, has)
		}
	}
}

func TestSpreadIsTheSameForAll(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "b", "c", "d", "e", "e", "e"}
	want := Spread("unit.translator.", names, some(3))
	for range 20 {
		slices.Reverse(names)
		names = append(names[3:], names[:3]...)
		if got := Spread("unit.translator.", names, some(3)); !maps.Equal(got, want) {
			t.Fatalf("%v in another order, want %v", got, want)
		}
	}
	if got := Spread("unit.translator.", names, nil); len(got) != 0 {
		t.Errorf("without members: %v", got)
	}
}

// TestSpreadOfAllVersions: two versions that do not come to the same would hand shards to each other.
func TestSpreadOfAllVersions(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 8 {
		names = append(names, fmt.Sprintf("MESSAGES-%d", i))
	}
	owners := Spread("unit.translator.", names, some(3))
	var got []string
	for _, name := range names {
		got = append(got, owners[name])
	}
	if want := []string{"egress-sms-00000002", "egress-sms-00000001", "egress-sms-00000001", "egress-sms-00000002", "egress-sms-00000002", "egress-sms-00000000", "egress-sms-00000000", "egress-sms-00000001"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// some are as many members.
func some(n int) map[string]bool {
	members := map[string]bool{}
	for i := range n {
		members[fmt.Sprintf("egress-sms-%08x", i)] = true
	}
	return members
}
