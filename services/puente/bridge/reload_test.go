package bridge

import (
	"reflect"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/secret"
)

// TestEverySettingIsTakenUpOrNamed: a setting that is added to the file must not be overlooked at a reload.
func TestEverySettingIsTakenUpOrNamed(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[config.Config]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		running, file := &config.Config{}, &config.Config{}
		differ(reflect.ValueOf(file).Elem().Field(i))
		want := 1
		if name == "Channels" || name == "Warnings" || name == "Files" {
			want = 0
		}
		if got := needRestart(running, file); len(got) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// differ makes a value another than its zero.
func differ(v reflect.Value) {
	if hidden, ok := v.Addr().Interface().(*secret.Value[[]byte]); ok {
		*hidden = secret.Hide([]byte("other"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("other")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		differ(v.Field(0))
	default:
		v.SetInt(1)
	}
}

// Another digest key is told, and what it is is not.
func TestAReloadNamesAnotherDigestKey(t *testing.T) {
	t.Parallel()
	with := func(key byte) *config.Config { return &config.Config{DigestKey: secret.Hide([]byte{key})} }
	if got := needRestart(with(1), with(1)); len(got) > 0 {
		t.Errorf("the same key: %v", got)
	}
	if got := needRestart(with(1), with(2)); len(got) != 1 || got[0] != "digest_key" {
		t.Errorf("another key: %v", got)
	}
}
