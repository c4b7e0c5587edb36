package event

import (
	"encoding/json"
	"strings"
	"testing"
)

// A quote is told apart from the words that answer it, and a text that is nothing but a quote is a text.
func TestCutQuote(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		"hola":                                  {"hola", ""},
		"> <@ana:example.org> one\n> two\n\nsí": {"sí", "one two"},
		"> * <@ana:example.org> waves\n\nsí":    {"sí", "waves"},
		"> <@ana:example.org> one":              {"> <@ana:example.org> one", ""},
		"> a quote of somebody's own\n\nsí":     {"> a quote of somebody's own\n\nsí", ""},
	} {
		if words, quoted := cutQuote(body); words != want[0] || strings.TrimSpace(quoted) != want[1] {
			t.Errorf("%q: %q, %q", body, words, quoted)
		}
	}
}

// An address that only the formatted text holds stands beside its words.
func TestLinksStandBesideTheirWords(t *testing.T) {
	t.Parallel()
	for formatted, want := range map[string]string{
		`see <a href="https://a.example">here</a> or here`:                   "see here (https://a.example) or here",
		`see <a href="https://a.example">elsewhere</a>`:                      "see here or here\nhttps://a.example",
		`<mx-reply><a href="https://a.example">here</a></mx-reply> see here`: "see here or here",
		`<a href="https://matrix.to/#/@ana:example.org">here</a>`:            "see here or here",
		`<a href="javascript:alert(1)">here</a>`:                             "see here or here",
		`<a href="https://a.example">here</a>, <a href="tel:+34">here</a>`:   "see here (https://a.example) or here (tel:+34)",
	} {
		content, err := json.Marshal(map[string]string{"format": "org.matrix.custom.html", "formatted_body": formatted})
		if err != nil {
			t.Fatal(err)
		}
		if got := withLinks("see here or here", Read(content)); got != want {
			t.Errorf("%s: %q", formatted, got)
		}
	}
}

// A place is one on Earth, in degrees.
func TestCoordinates(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]bool{
		"geo:40.4,-3.7": true, "geo:40.4,-3.7,600;u=35": true, "geo:91,0": false, "geo:NaN,0": false, "geo:40.4": false, "40.4,-3.7": false,
	} {
		if latitude, longitude, ok := coordinates(uri); ok != want || ok && Geo(latitude, longitude) != "geo:40.4,-3.7" {
			t.Errorf("%s: %v, %v, %v", uri, latitude, longitude, ok)
		}
	}
}

// An event may hold anything at any place: it says something, or why it is of no interest.
func FuzzContent(f *testing.F) {
	for _, seed := range []string{
		`{"msgtype":"m.text","body":"hola"}`, `{"msgtype":"m.image","url":"mxc://a/b","info":[]}`, `{"m.relates_to":{"rel_type":"m.replace"},"body":"* x"}`,
		`{"msgtype":"m.gallery","itemtypes":[{"itemtype":"m.image","url":"mxc://a/b"},1]}`, `{"m.poll":{"question":{"m.text":[{"body":"?"}]},"answers":[null]}}`,
		`{"msgtype":"m.location","geo_uri":"geo:1,2"}`, `null`,
	} {
		for _, kind := range []string{"m.room.message", "m.sticker", "m.poll.start", "m.reaction"} {
			f.Add(kind, false, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, state bool, data []byte) {
		fields := Read(data)
		if said, _, ignored := Content(kind, state, fields); said == nil && ignored == "" {
			t.Errorf("%s %s: %v, %q", kind, data, said, ignored)
		}
		for _, item := range Gallery(fields) {
			if (item.Content == nil) != (item.Address == "") || item.Content != nil && !IsMedia(item.Address) {
				t.Errorf("%s: %v", data, item)
			}
		}
	})
}
