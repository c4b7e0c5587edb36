package shard

import (
	"cmp"
	"slices"
)

// spread gives each group of shards to a member, so that no member has more shards than their mean, rounded up, unless a
// single group is larger. Rendezvous alone is even only for very many shards: of 16 shards the busiest of 16 members would
// have three. groups names each group once for every shard in it. The answer depends on nothing but what is given, whatever
// its order. It is empty where there are no members.
//
// A group goes to the member that rendezvous likes best among those with room left. So when a member comes or goes, little
// more than its share moves. https://arxiv.org/abs/1608.01350 (consistent hashing with bounded loads)
func spread(service string, groups []string, members map[string]bool) map[string]string {
	owners := make(map[string]string, len(groups))
	if len(members) == 0 {
		return owners
	}
	size := make(map[string]int, len(groups))
	for _, g := range groups {
		size[g]++
	}
	order := make([]string, 0, len(size))
	for g := range size {
		order = append(order, g)
	}
	// the large ones first, while there is room for them
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(size[b]-size[a], cmp.Compare(a, b)) })
	room := (len(groups) + len(members) - 1) / len(members)
	has := make(map[string]int, len(members))
	for _, g := range order {
		with := make(map[string]bool, len(members))
		least := len(groups)
		for m := range members {
			if has[m]+size[g] <= room {
				with[m] = true
			}
			least = min(least, has[m])
		}
		if len(with) == 0 { // larger than the room of any: it goes to one of those that have least
			for m := range members {
				if has[m] == least {
					with[m] = true
				}
			}
		}
		owner := rendezvous(leaseKey(service, g), with)
		owners[g] = owner
		has[owner] += size[g]
	}
	return owners
}
