package journal

import "hash/maphash"

// mostTold is how many entries are remembered at least, a few MB; twice as many at most.
const mostTold = 32 << 10

// told remembers what was stored last. The zero value is ready to use; it is not safe for concurrent use.
type told struct {
	young, old map[toldKey]struct{}
}

// toldKey stands for an id: 128 bits, so that two ids have one by no accident.
type toldKey [2]uint64

func (j *Journal) key(id string) toldKey {
	return toldKey{maphash.String(j.seeds[0], id), maphash.String(j.seeds[1], id)}
}

func (t *told) add(k toldKey) {
	if t.young == nil || len(t.young) >= mostTold {
		t.young, t.old = map[toldKey]struct{}{}, t.young
	}
	t.young[k] = struct{}{}
}

func (t *told) has(k toldKey) bool {
	_, young := t.young[k]
	_, old := t.old[k]
	return young || old
}
