package reason

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"unicode/utf8"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Fault says who can remove the cause.
type Fault = reasonv1.Fault

// The faults. Every declared reason has one of them.
const (
	Contact = reasonv1.Fault_FAULT_CONTACT // blocked, number not in use, phone off
	Agent   = reasonv1.Fault_FAULT_AGENT   // can write another message: too long, a file of a wrong kind
	Setup   = reasonv1.Fault_FAULT_SETUP   // the person who set the channel up: a token, a permission, an account without credit
	Network = reasonv1.Fault_FAULT_NETWORK // the network or the platform: does not answer, asks to wait
	Puente  = reasonv1.Fault_FAULT_PUENTE  // the bridge, or what its operators decided
)

// Reason says why a message waits or fails. It is a value: its methods return a changed copy. The zero value says nothing. It must hold no
// message text, no credential and no personal data. It is safe for concurrent use.
type Reason struct {
	code   string
	fault  Fault
	params map[string]string
	en, es string
	unused string // the name of a value that no sentence shows
}

// The bounds of a reason.
const (
	MaxCode     = 80  // characters of a code, the network's name included
	MaxParam    = 100 // characters of a value that is kept beside the sentences
	MaxSentence = 250 // characters of a sentence as it is declared

	mostShown = 200 // characters of a value within a sentence
)

// New makes a reason. The code is lower-case words joined by underscores, without the network's name. The sentences, in English and Spanish,
// have no full stop. A value in them is a name in braces, the same names in both: "longer than {limit} characters". New checks nothing:
// [Reason.Declared] does.
func New(code string, fault Fault, en, es string) Reason {
	return Reason{code: code, fault: fault, en: en, es: es}
}

// With puts a value in the place of its name in both sentences, and keeps it as a parameter. Control characters and braces in it are
// replaced. It is cut to 200 characters in the sentences, and to [MaxParam] as a parameter.
func (r Reason) With(name string, value any) Reason {
	text, place := cut(clean(fmt.Sprint(value)), mostShown), "{"+name+"}"
	if r.unused == "" && !strings.Contains(r.en, place) {
		r.unused = name
	}
	r.en, r.es = strings.ReplaceAll(r.en, place, text), strings.ReplaceAll(r.es, place, text)
	return r.keeping(name, text)
}

// Quoting adds somebody else's words to both sentences, as they are. The caller has to make sure that they hold no content and no personal
// data. Empty words add nothing.
func (r Reason) Quoting(words string) Reason {
	words = cut(clean(words), mostShown)
	if words == "" {
		return r
	}
	r.en, r.es = r.en+": "+words, r.es+": "+words
	return r.keeping("words", words)
}

// Because adds another reason to both sentences as the cause, and its code as the parameter "cause". The fault becomes that of the cause. A
// zero cause adds nothing.
func (r Reason) Because(cause Reason) Reason {
	if cause.IsZero() {
		return r
	}
	r.en, r.es = r.en+": "+cause.en, r.es+": "+cause.es
	if cause.fault != reasonv1.Fault_FAULT_UNSPECIFIED {
		r.fault = cause.fault
	}
	if cause.code == "" { // of an older version
		return r
	}
	return r.keeping("cause", cause.code)
}

// OfPart adds to both sentences which part of a message it is about. part counts from 1. With of 1, a message that was not split, it adds
// nothing.
func (r Reason) OfPart(part, of int) Reason {
	if r.IsZero() || of <= 1 {
		return r
	}
	r.en, r.es = fmt.Sprintf("part %d of %d: %s", part, of, r.en), fmt.Sprintf("parte %d de %d: %s", part, of, r.es)
	return r.keeping("part", fmt.Sprint(part)).keeping("parts", fmt.Sprint(of))
}

// Of puts the name of a network before the code: "bot_blocked" becomes "telegram.bot_blocked". A code that has a name before it already, and
// an empty code, stay as they are.
func (r Reason) Of(network string) Reason {
	if r.code != "" && !strings.Contains(r.code, ".") {
		r.code = network + "." + r.code
	}
	return r
}

func (r Reason) keeping(name, value string) Reason {
	params := make(map[string]string, len(r.params)+1)
	maps.Copy(params, r.params)
	params[name] = cut(value, MaxParam)
	r.params = params
	return r
}

// Code names the reason for machines; "" for a reason that an earlier version stored without one.
func (r Reason) Code() string { return r.code }

// Fault says who can remove the cause.
func (r Reason) Fault() Fault { return r.fault }

// Param is the parameter with this name, or "".
func (r Reason) Param(name string) string { return r.params[name] }

// String is the sentence in English.
func (r Reason) String() string { return r.en }

// Text is the sentence in a language; English if the language is not known.
func (r Reason) Text(l Locale) string {
	if l == Spanish {
		return r.es
	}
	return r.en
}

// IsZero is true for the zero value.
func (r Reason) IsZero() bool { return r.code == "" && r.en == "" && r.es == "" }

// Equal says whether two reasons are equal: code, fault, parameters and sentences.
func (r Reason) Equal(o Reason) bool {
	return r.code == o.code && r.fault == o.fault && r.en == o.en && r.es == o.es && maps.Equal(r.params, o.params)
}

var (
	codeForm = regexp.MustCompile(`^([a-z][a-z0-9]*\.)?[a-z0-9]+(_[a-z0-9]+)*$`)
	place    = regexp.MustCompile(`\{[^{}]*\}`)
	name     = regexp.MustCompile(`^\{[a-z][a-z0-9_]*\}$`)
)

// Declared joins all mistakes of a reason as it is declared, without values. Each error names the code.
func (r Reason) Declared() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("reason %q: "+format, append([]any{r.code}, args...)...))
	}
	if !codeForm.MatchString(r.code) || len(r.code) > MaxCode {
		wrong("the code must be lower-case words joined by underscores, at most %d characters", MaxCode)
	}
	if r.fault < Contact || r.fault > Puente {
		wrong("it does not say whose fault it is")
	}
	for _, text := range []struct{ language, sentence string }{{"English", r.en}, {"Spanish", r.es}} {
		switch n := utf8.RuneCountInString(text.sentence); {
		case strings.TrimSpace(text.sentence) == "":
			wrong("it has no sentence in %s", text.language)
		case n > MaxSentence:
			wrong("the sentence in %s has %d characters, at most %d are allowed", text.language, n, MaxSentence)
		case strings.HasSuffix(text.sentence, "."), text.sentence != clean(text.sentence, '{', '}'):
			wrong("the sentence in %s must have no full stop, no line break and no space at its ends", text.language)
		}
	}
	en, es := places(r.en), places(r.es)
	if !maps.Equal(en, es) {
		wrong("the two sentences do not show the same values")
	}
	for p := range en {
		if !name.MatchString(p) {
			wrong("%s is no name of a value", p)
		}
	}
	return errors.Join(errs...)
}

// Validate joins the mistakes of a reason with its values: a value is missing, or no sentence shows a value that it has. It does not check
// the declaration, as [Reason.Declared] does.
func (r Reason) Validate() error {
	var errs []error
	for p := range places(r.en + r.es) {
		errs = append(errs, fmt.Errorf("reason %q: the value %s is missing", r.code, p))
	}
	if r.unused != "" {
		errs = append(errs, fmt.Errorf("reason %q: no sentence shows the value %q", r.code, r.unused))
	}
	return errors.Join(errs...)
}

func places(sentence string) map[string]bool {
	found := map[string]bool{}
	for _, p := range place.FindAllString(sentence, -1) {
		found[p] = true
	}
	return found
}

// clean is a text of one line that can be stored and put into a sentence. Characters of keep stay.
func clean(text string, keep ...rune) string {
	text = strings.Map(func(c rune) rune {
		for _, k := range keep {
			if c == k {
				return c
			}
		}
		switch {
		case c == '{':
			return '('
		case c == '}':
			return ')'
		case c < ' ', c == 0x7f, c == '\u2028', c == '\u2029':
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
	return strings.TrimSpace(text)
}

// cut is a text of at most so many characters; what is left out is marked.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
