package webhook_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// naming are the fields of the package's types that name a field of an account.
var naming = []string{"Secret", "User", "Account", "Key"}

// name gives every field below v that names one of an account a name of its own, and returns all of them.
func name(v reflect.Value, depth int, prefix string) (all []string) {
	if depth > 6 {
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f, is := v.Field(i), v.Type().Field(i)
			if f.Kind() == reflect.String && slices.Contains(naming, is.Name) {
				all = append(all, fmt.Sprintf("%s.%s", prefix, is.Name))
				f.SetString(all[len(all)-1])
				continue
			}
			all = append(all, name(f, depth+1, prefix+"."+is.Name)...)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			all = name(v.Index(0), depth+1, prefix)
		}
	}
	return all
}

// Whatever names a field of the account is among the fields of a policy: a new one that is forgotten would leave the door
// without what it judges by.
func TestEveryFieldThatAPolicyReadsIsNamed(t *testing.T) {
	t.Parallel()
	for _, scheme := range []proof.Scheme{proof.Token{}, proof.HMAC{}, proof.Hash{}, proof.Signature{}, proof.JWT{}} {
		filled := reflect.New(reflect.TypeOf(scheme))
		want := name(filled.Elem(), 0, fmt.Sprintf("%T", scheme))
		var handshake webhook.Handshake
		p := webhook.Policy{Verify: proof.AnyOf{nil, proof.AnyOf{filled.Elem().Interface().(proof.Scheme)}}}
		want = append(want, name(reflect.ValueOf(&handshake).Elem(), 0, "handshake")...)
		p.Handshakes = []webhook.Handshake{handshake}
		if len(want) < 3 {
			t.Fatalf("%T: only %v were named", scheme, want)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, p.Fields()); diff != "" {
			t.Errorf("%T: %s", scheme, diff)
		}
	}
	if got := (webhook.Policy{}).Fields(); len(got) > 0 {
		t.Errorf("nothing reads %v", got)
	}
}
