// Package reasons reads the sentence of a receipt back into both languages of the sandbox's page: a receipt comes in the channel's, and the
// page has its own.
//
//	all := reasons.Of(reason.Own())
//	en, es := all.In("the account is full")
package reasons

import (
	"regexp"
	"strings"

	"github.com/bonychat/puente/pkg/reason"
)

// Reasons are sentences that a receipt may tell. They are safe for concurrent use.
type Reasons []sentence

// sentence is one that is declared, in both languages: the pattern of each, nil where it is not known by that, and how each is
// written with the values of the other.
type sentence struct {
	patterns [2]*regexp.Regexp // English, Spanish
	written  [2]string
}

var (
	value    = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)
	ofAPart  = regexp.MustCompile(`^(?:part|parte) (\d+) (?:of|de) (\d+): (.+)$`)
	partSaid = [2]string{"part $1 of $2: ", "parte $1 de $2: "}
)

// Of are those that are declared. What comes after a colon, such as the cause or the network's own words, may be anything.
func Of(declared []reason.Reason) (all Reasons) {
	for _, d := range declared {
		var s sentence
		for i, text := range []string{d.Text(reason.English), d.Text(reason.Spanish)} {
			pattern := strings.NewReplacer(`\{`, "{", `\}`, "}").Replace(regexp.QuoteMeta(text))
			pattern = value.ReplaceAllStringFunc(pattern, func(place string) string { return `(?P<` + place[1:len(place)-1] + `>.+?)` })
			compiled, err := regexp.Compile(`^` + pattern + `(?:: (?P<rest>.+))?$`)
			if err != nil || value.ReplaceAllString(text, "") == "" { // a value twice, or one that may be anything: it is not known by it
				compiled = nil
			}
			s.patterns[i], s.written[i] = compiled, value.ReplaceAllString(strings.ReplaceAll(text, "$", "$$"), "$${$1}")
		}
		all = append(all, s)
	}
	return all
}

// In is a sentence in English and Spanish; as it came where nobody declares it.
func (r Reasons) In(text string) (en, es string) {
	if m := ofAPart.FindStringSubmatchIndex(text); m != nil {
		en, es = r.In(text[m[6]:m[7]])
		return string(ofAPart.ExpandString(nil, partSaid[0], text, m)) + en, string(ofAPart.ExpandString(nil, partSaid[1], text, m)) + es
	}
	for _, s := range r {
		for _, pattern := range s.patterns {
			if pattern == nil {
				continue
			}
			m := pattern.FindStringSubmatchIndex(text)
			if m == nil {
				continue
			}
			en, es = string(pattern.ExpandString(nil, s.written[0], text, m)), string(pattern.ExpandString(nil, s.written[1], text, m))
			if at := 2 * pattern.SubexpIndex("rest"); m[at] >= 0 {
				restEn, restEs := r.In(text[m[at]:m[at+1]])
				en, es = en+": "+restEn, es+": "+restEs
			}
			return en, es
		}
	}
	return text, text
}
