package heard

import "testing"

func TestOwnIDsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]struct {
		id           string
		part, resent uint32
		ok           bool
	}{
		"0190abc-0": {"0190abc", 0, 0, true}, "0190abc-12": {"0190abc", 12, 0, true}, "": {}, "0190abc": {}, "-1": {}, "0190abc-": {}, "0190abc-x": {},
		"0190abc--1": {}, "0190abc-4294967296": {}, "0190abc-0a": {"0190abc", 0, 1, true}, "0190abc-12z": {"0190abc", 12, 26, true}, "0190abc-1A": {}, "0190abc-1ab": {},
	} {
		id, part, resent, ok := ParseIdempotencyKey(key)
		if ok != want.ok || ok && (id != want.id || part != want.part || resent != want.resent) {
			t.Errorf("%q: %q, %d, %d, %t", key, id, part, resent, ok)
		}
	}
}
