package directory_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

// stored are the verifiers as the bucket holds them, by channel.
func stored(t *testing.T, b *bus.Bus) map[string]string {
	t.Helper()
	all := map[string]string{}
	for key, value := range secrets(t, b) {
		if rest, ok := strings.CutPrefix(key, "verify.toy."); ok {
			all[rest] = string(value)
		}
	}
	return all
}

// before is what an earlier version reads of a verifier.
func before(t *testing.T, data string) string {
	t.Helper()
	var v struct {
		Account json.RawMessage `json:"account"`
	}
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	return string(v.Account)
}

// signing is a channel whose network signs by the key that it is called with.
func signing(id string) directory.Entry {
	e := entry(id, "toy", `{"key":"key-of-`+id+`-0123456789"}`)
	e.Verifies, e.Sealed = []string{"key"}, json.RawMessage(`{"hmac.key":["states-of-`+id+`"]}`)
	return e
}

// Where no version before has been, no key is ever at the door.
func TestADoorThatIsNewHoldsNoKey(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	fill(t, b, signing("A"))
	fill(t, b, signing("A"), signing("B"))
	for id, raw := range stored(t, b) {
		if strings.Contains(raw, "key-of-") || before(t, raw) != "{}" {
			t.Errorf("%s: %s", id, raw)
		}
	}
	got := shown(t, verifying(t, b), func(v []directory.Verified) bool { return len(v) == 2 })
	for _, v := range got {
		if string(v.Account) != `{"hmac.key":["states-of-`+v.ID+`"]}` || v.Sealed != nil {
			t.Errorf("%+v", v)
		}
	}
}

// Through an upgrade the doors of both versions judge every call, whichever of apply and ingress is new first; when no old one runs, no
// key is left, and none comes back.
func TestTheDoorsOfTwoVersionsJudgeThroughAnUpgrade(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	fill(t, b, signing("A"), signing("B"))
	// as the earlier version has written it
	bucket := kv.Open(b, topology.Secrets)
	for _, id := range []string{"A", "B"} {
		data := `{"account":{"key":"key-of-` + id + `-0123456789"},"token":"digest-of-` + id + `","revision":"revision-of-` + id + `"}`
		if err := bucket.Put(t.Context(), "verify.toy."+id, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	told := verifying(t, b) // a new door, before the new apply
	account := func(v []directory.Verified, id string) string {
		for _, one := range v {
			if one.ID == id {
				return string(one.Account)
			}
		}
		return ""
	}
	shown(t, told, func(v []directory.Verified) bool { return account(v, "A") == `{"key":"key-of-A-0123456789"}` })
	// nothing is taken away before the new form is written
	if err := directory.DropEarlier(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if got := before(t, stored(t, b)["A"]); got != `{"key":"key-of-A-0123456789"}` {
		t.Errorf("a door of before has %s", got)
	}

	// the new apply, with a channel more: an old door, and a new one, judge all three
	for range 2 {
		fill(t, b, signing("A"), signing("B"), signing("C"))
		for _, id := range []string{"A", "B", "C"} {
			if got := before(t, stored(t, b)[id]); got != `{"key":"key-of-`+id+`-0123456789"}` {
				t.Errorf("a door of before has %s of %s", got, id)
			}
		}
	}
	v := shown(t, told, func(v []directory.Verified) bool { return account(v, "C") == `{"hmac.key":["states-of-C"]}` })
	for _, one := range v {
		if one.ID == "A" && one.Revision != "revision-of-A" {
			t.Errorf("the account is another by the upgrade: %+v", one)
		}
	}

	if err := directory.DropEarlier(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	fill(t, b, signing("A"), signing("B"), signing("C"), signing("D"))
	all := stored(t, b)
	if len(all) != 4 {
		t.Errorf("%v", all)
	}
	for id, raw := range all {
		if strings.Contains(raw, "key-of-") {
			t.Errorf("%s: %s", id, raw)
		}
	}
	shown(t, told, func(v []directory.Verified) bool { return account(v, "D") == `{"hmac.key":["states-of-D"]}` })
	if raw := secrets(t, b)["toy.A"]; !bytes.Contains(raw, []byte("key-of-A-")) {
		t.Errorf("who sends has %s", raw)
	}
}
