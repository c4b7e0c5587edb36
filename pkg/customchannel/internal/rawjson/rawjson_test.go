package rawjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel/internal/rawjson"
)

func TestABodyIsOneValue(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		value string
		fault rawjson.Fault
		at    int64
	}{
		"\ufeff \n{} ":               {"{} ", "", 0},
		" \r\n":                      {"", rawjson.Empty, 0},
		"\"\xff\"":                   {"", rawjson.Unicode, 0},
		"[[[]]]":                     {"[[[]]]", "", 0},
		"[[[[]]]]":                   {"", rawjson.Deep, 0},
		`["[[[[", "\"[[[["]`:         {`["[[[[", "\"[[[["]`, "", 0},
		"{} {}":                      {"", rawjson.Syntax, 4},
		`{"a"`:                       {"", rawjson.Syntax, 4},
		strings.Repeat("[", 100_000): {"", rawjson.Deep, 0},
	} {
		value, fault, at := rawjson.Parse([]byte(body), 3)
		if string(value) != want.value || fault != want.fault || at != want.at {
			t.Errorf("%.20q: %q, %q at %d", body, value, fault, at)
		}
	}
}

func TestMembersAreAsTheyStand(t *testing.T) {
	t.Parallel()
	value, _, _ := rawjson.Parse([]byte(`{"a" : {"b": [1, "]"]}, "\u0061":null,"c":[ ],"d":-1.5e3 , "e":"}\""}`), 8)
	var got []string
	rawjson.Members(value, func(key string, value []byte) { got = append(got, key+"="+string(value)) })
	if diff := cmp.Diff([]string{`a={"b": [1, "]"]}`, "a=null", "c=[ ]", "d=-1.5e3", `e="}\""`}, got); diff != "" {
		t.Error(diff)
	}
}

// Half a surrogate pair is told, which the standard library replaces without a word.
func TestATextIsWhole(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"a\n\u00f1"`: "a\nñ", `"\ud83d\ude00"`: "😀", `"\\ud83d"`: `\ud83d`, `"\ud83d"`: "", `"\ude00\ud83d"`: "", `"\ud83dx"`: "", `"\ud83d\u0041"`: "",
	} {
		got, whole := rawjson.Text([]byte(raw))
		if whole != (want != "") || whole && got != want {
			t.Errorf("%s: %q, whole %t", raw, got, whole)
		}
	}
}

// What is valid is taken apart into what the standard library makes of it.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a": [1, "x", {"b": null}], "c": "\ud83d\ude00"}`))
	f.Add([]byte(`[true,false ,1e9]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		value, fault, _ := rawjson.Parse(body, 32)
		if fault != "" {
			return
		}
		switch rawjson.Type(value) {
		case rawjson.Object:
			var want map[string]json.RawMessage
			got := map[string]bool{}
			rawjson.Members(value, func(key string, value []byte) {
				if !json.Valid(value) {
					t.Errorf("%q is no value", value)
				}
				got[key] = true
			})
			if json.Unmarshal(value, &want) == nil && len(got) != len(want) {
				t.Errorf("%d members, want %d", len(got), len(want))
			}
		case rawjson.Array:
			var want []json.RawMessage
			if got := rawjson.Elements(value); json.Unmarshal(value, &want) == nil && len(got) != len(want) {
				t.Errorf("%d elements, want %d", len(got), len(want))
			}
		}
	})
}
