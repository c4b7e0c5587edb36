package render

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z%]`)

// texts are all texts of a catalogue, by their places in it.
func texts(v reflect.Value, place string, all map[string]string) map[string]string {
	switch v.Kind() {
	case reflect.String:
		all[place] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), place+"."+v.Type().Field(i).Name, all)
		}
	case reflect.Array:
		for i := range v.Len() {
			texts(v.Index(i), fmt.Sprintf("%s[%d]", place, i), all)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			texts(v.MapIndex(key), fmt.Sprintf("%s[%s]", place, key), all)
		}
	default:
		panic(place)
	}
	return all
}

// mistakes are what is wrong with two catalogues: a text that is missing, or that is given something else.
func mistakes(english, spanish Words) (all []string) {
	en, es := texts(reflect.ValueOf(english), "", map[string]string{}), texts(reflect.ValueOf(spanish), "", map[string]string{})
	for place := range es {
		if _, ok := en[place]; !ok {
			all = append(all, place+": there is no English")
		}
	}
	for place, text := range en {
		other := es[place]
		if text == "" || other == "" {
			all = append(all, fmt.Sprintf("%s: %q, %q", place, text, other))
		}
		if a, b := verb.FindAllString(text, -1), verb.FindAllString(other, -1); !slices.Equal(a, b) {
			all = append(all, fmt.Sprintf("%s is given %q and %q", place, a, b))
		}
	}
	return all
}

func TestBothLanguagesAreWhole(t *testing.T) {
	t.Parallel()
	for _, mistake := range mistakes(english, spanish) {
		t.Error(mistake)
	}
	if n := len(texts(reflect.ValueOf(english), "", map[string]string{})); n < 100 {
		t.Errorf("only %d texts were looked at", n)
	}
	// the test itself sees what is wrong
	broken := english
	broken.Where.NextTry, broken.Unknown, broken.States = "a las %d", "", map[string]string{"new": "nuevo"}
	found := strings.Join(mistakes(english, broken), "\n")
	for _, want := range []string{".Where.NextTry is given", `.Unknown: "unknown", ""`, ".States[new]: there is no English", ".States[sent]: "} {
		if !strings.Contains(found, want) {
			t.Errorf("no %q in\n%s", want, found)
		}
	}
}

// Every value of the enumerations that answers hold has a word.
func TestEveryStateHasAWord(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		of    protoreflect.Enum
		words map[string]string
	}{
		{controlv1.State(0), english.States}, {controlv1.ChannelState(0), english.ChannelStates}, {controlv1.Direction(0), english.Ways},
		{reasonv1.Fault(0), english.Faults}, {controlv1.FailureKind(0), english.Kinds}, {controlv1.ReplayResult(0), english.Results},
	} {
		values := one.of.Descriptor().Values()
		for i := 1; i < values.Len(); i++ {
			word, _ := enumWord(one.of.Descriptor(), values.Get(i).Number()).(string)
			if one.words[word] == "" || len(one.words) != values.Len()-1 {
				t.Errorf("%s: there is no word for %q", one.of.Descriptor().FullName(), word)
			}
		}
	}
}

func TestLanguageOfAnEnvironment(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]Language{
		"": English, "LANG=es_ES.UTF-8": Spanish, "LANG=es": Spanish, "LANG=es.UTF-8": Spanish, "LANG=C": English, "LANG=et_EE": English, "LANG=est_EE": English,
		"LANG=es_MX LC_ALL=en_US.UTF-8": English, "LC_MESSAGES=es_AR LANG=en_US": Spanish, "LC_ALL=C.UTF-8 LC_MESSAGES=es_AR": English, "LANG=ES_ES": Spanish,
	} {
		set := map[string]string{}
		for _, one := range strings.Fields(env) {
			name, value, _ := strings.Cut(one, "=")
			set[name] = value
		}
		if got := LanguageOf(func(name string) string { return set[name] }); got != want || In(got).Language != want {
			t.Errorf("%s: %s, want %s", env, got, want)
		}
	}
	if _, err := ParseLanguage("fr"); err == nil {
		t.Error("there is no French")
	}
}
