// Package placement says which member of a group should own what, from nothing but the names of both: so that all processes come to the
// same without a word between them, and little moves when a member comes or goes. Members are the keys of a map, whatever their values.
package placement

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// Rendezvous is the member that should own what the key stands for: the one with the highest hash of key and member; ""
// where there are none. When a member comes or goes only its share moves. All versions have to agree on it, or two
// processes would hand a shard to each other for as long as both run. It costs one hash for each member.
// https://en.wikipedia.org/wiki/Rendezvous_hashing
func Rendezvous(key string, members map[string]bool) string {
	best, highest := "", uint64(0)
	for instance := range members {
		h := fnv.New64a()
		_, _ = h.Write([]byte(key + "|" + instance))
		// fnv alone is nearly linear in its last bytes: mix
		x := h.Sum64()
		x ^= x >> 33
		x *= 0xff51afd7ed558ccd
		x ^= x >> 33
		if best == "" || x > highest || x == highest && instance > best {
			best, highest = instance, x
		}
	}
	return best
}

// Spread gives each group of shards to a member, so that no member has more shards than their mean, rounded up, unless a
// single group is larger. [Rendezvous] alone is even only for very many shards: of 16 shards the busiest of 16 members would
// have three. groups names each group once for every shard in it; prefix stands before
// its name in the key that is hashed. The answer depends on nothing but what is given, whatever
// its order. It is empty where there are no members.
//
// A group goes to the member that [Rendezvous] likes best among those with room left. So when a member comes or goes, little
// more than its share moves. https://arxiv.org/abs/1608.01350 (consistent hashing with bounded loads)
func Spread(prefix string, groups []string, members map[string]bool) map[string]string {
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
		owner := Rendezvous(prefix+g, with)
		owners[g] = owner
		has[owner] += size[g]
	}
	return owners
}
