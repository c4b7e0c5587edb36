package builtin

import (
	"regexp"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
)

// address is what is the same in every language.
var address = regexp.MustCompile(`https?://[a-z0-9./-]*[a-z0-9]|[a-z]+_[a-z_]+`)

// unexplained is what a field's Spanish text lacks; "" for nothing.
func unexplained(f provider.Field) string {
	if f.DocEs == "" || f.DocEs == f.Doc {
		return "no text"
	}
	if f.Label == "" || f.LabelEs == "" {
		return "a label (the tags label and label_es)"
	}
	for _, same := range address.FindAllString(f.Doc, -1) {
		if !regexp.MustCompile(regexp.QuoteMeta(same)).MatchString(f.DocEs) {
			return same
		}
	}
	return ""
}

// Who sets a channel up reads what each field is in Spanish too, and the two texts are about the same. A network of somebody else's need
// not have that.
func TestEveryFieldIsExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, n := range drivers {
		d := n.Describe()
		for _, f := range d.Fields {
			if lacks := unexplained(f); lacks != "" {
				t.Errorf("%s: account.%s, in Spanish: %s (the tag doc_es)", d.Name, f.Name, lacks)
			}
		}
	}
	if unexplained(provider.Field{Doc: "Default https://a.example.", DocEs: "Por defecto https://b.example."}) == "" || unexplained(provider.Field{Doc: "x"}) == "" || unexplained(provider.Field{Doc: "x", DocEs: "y", Label: "z"}) == "" {
		t.Error("the test does not see what is missing")
	}
}
