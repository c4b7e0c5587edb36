package words

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/topology"
)

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z%]`)

// mistakes are the texts that are missing in one language, or are given something else than in the other.
func mistakes(en, es reflect.Value, place string) (all []string) {
	switch en.Kind() {
	case reflect.Struct:
		for i := range en.NumField() {
			all = append(all, mistakes(en.Field(i), es.Field(i), place+"."+en.Type().Field(i).Name)...)
		}
	case reflect.Map:
		for _, key := range en.MapKeys() {
			if !es.MapIndex(key).IsValid() {
				all = append(all, place+": no "+key.String())
				continue
			}
			all = append(all, mistakes(en.MapIndex(key), es.MapIndex(key), place+"."+key.String())...)
		}
	case reflect.String:
		if en.String() == "" || es.String() == "" || !slices.Equal(verb.FindAllString(en.String(), -1), verb.FindAllString(es.String(), -1)) {
			all = append(all, place+": "+en.String()+" / "+es.String())
		}
	}
	return all
}

func TestBothLanguagesAreWhole(t *testing.T) {
	t.Parallel()
	for _, mistake := range mistakes(reflect.ValueOf(english), reflect.ValueOf(spanish), "") {
		t.Error(mistake)
	}
	broken := english
	broken.Frame.Zone, broken.SignIn.Title = "zone", ""
	if found := mistakes(reflect.ValueOf(english), reflect.ValueOf(broken), ""); len(found) != 2 {
		t.Errorf("%q", found)
	}
}

// plurals are what is wrong with the texts about a number of things: that about one has no number in it, the other one has it once.
func plurals(v reflect.Value, place string) (all []string) {
	switch p, ok := v.Interface().(Plural); {
	case ok && (strings.Contains(p.One, "%") || !slices.Equal(verb.FindAllString(p.Many, -1), []string{"%s"})):
		return []string{place}
	case !ok && v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			all = append(all, plurals(v.Field(i), place+"."+v.Type().Field(i).Name)...)
		}
	}
	return all
}

func TestOneThingIsNotMany(t *testing.T) {
	t.Parallel()
	for _, all := range []Words{english, spanish} {
		for _, place := range plurals(reflect.ValueOf(all), "") {
			t.Errorf("%s%s", all.Language, place)
		}
	}
	broken := spanish
	broken.Channel.WaitHere.One, broken.Channel.SeeFailed.Many = "Espera %s mensaje.", "fallidos"
	if found := plurals(reflect.ValueOf(broken), ""); len(found) != 2 {
		t.Errorf("%q", found)
	}
	if one, none := spanish.Channel.WaitHere.Of(1, "1"), spanish.Channel.WaitHere.Of(0, "0"); one != "Espera 1 mensaje." || none != "Esperan 0 mensajes." {
		t.Errorf("%q, %q", one, none)
	}
}

// What a stream is for is said in the page's language, of each that there can be.
func TestEveryStreamHasItsPurpose(t *testing.T) {
	t.Parallel()
	for _, stream := range topology.Streams([]string{"far"}) {
		kind, _, _ := strings.Cut(stream.Name, "_")
		if spanish.System.Purposes[stream.Name] == "" && spanish.System.Purposes[kind+"_*"] == "" {
			t.Errorf("nothing of %s", stream.Name)
		}
	}
	for _, bucket := range topology.Buckets() {
		if spanish.System.Purposes[topology.BucketStream+bucket.Name] == "" {
			t.Errorf("nothing of %s", bucket.Name)
		}
	}
}
