package shard

import "hash/fnv"

// rendezvous is the member that should own what the key stands for: the one with the highest hash of key and member; ""
// where there are none. When a member comes or goes only its share moves. All versions have to agree on it, or two
// processes would hand a shard to each other for as long as both run. It costs one hash for each member.
// https://en.wikipedia.org/wiki/Rendezvous_hashing
func rendezvous(key string, members map[string]bool) string {
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
