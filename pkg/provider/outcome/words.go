package outcome

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Networks explain an error in words of their own, and some quote what was sent. The agent is shown these words only if they cannot hold
// anything of the message: a few plain English words, none of which the message has too. In doubt they are left out. The network's
// code is shown in any case.

// Quoting adds the network's own words to a classified failure. They are shown behind its reason if [Explain] finds nothing private in
// them. An error that is not classified is returned as it is.
func Quoting(words string, err error) error {
	f, ok := errors.AsType[*Failure](err)
	if !ok || words == "" {
		return err
	}
	said := *f
	said.words = words
	return &said
}

// Explain finishes the error of a send: the network's own words ([Quoting]) become part of its reason, unless they hold something of the
// message or of the account. account is the JSON object of the configuration. The runtime calls it; networks do not.
func Explain(err error, m *messagev1.Message, account json.RawMessage) error {
	f, ok := errors.AsType[*Failure](err)
	if !ok || f.words == "" {
		return err
	}
	private := values(account)
	for _, part := range []protoreflect.ProtoMessage{m.GetContact(), m.GetContent()} {
		private = append(private, texts(part.ProtoReflect())...)
	}
	said := *f
	said.words = ""
	if words := Plain(f.words, private...); words != "" {
		said.Reason = said.Reason.Quoting(words)
	}
	return &said
}

// mostWords bounds what is shown of a network's words, in bytes.
const mostWords = 120

// Plain is the part of a network's words that may be shown: the first line, up to what may be a quotation, at most 120 bytes. It is ""
// if that holds a text of private, a number of 7 digits or more, or anything but plain ASCII.
func Plain(words string, private ...string) string {
	words, _, _ = strings.Cut(strings.TrimSpace(words), "\n")
	whole := words
	words = unquoted(words)
	cut := len(words) < len(whole)
	if len(words) > mostWords {
		cut = true
		words = words[:strings.LastIndexByte(words[:mostWords], ' ')+1]
	}
	words = strings.Trim(words, " \t.:,;-(")
	if !strings.ContainsFunc(words, unicode.IsLetter) || longNumber(words) {
		return ""
	}
	own := map[string]bool{}
	for _, word := range split(words) {
		own[word] = !vocabulary[word]
	}
	lower := strings.ToLower(words)
	for _, p := range private {
		p = strings.ToLower(p)
		if len(p) >= shortest && strings.Contains(lower, p) {
			return ""
		}
		for _, word := range split(p) {
			if own[word] {
				return ""
			}
		}
	}
	if cut {
		words += " …"
	}
	return words
}

// shortest is how long a word has to be to give anything away, in bytes.
const shortest = 3

// vocabulary are words of refusals that any message may have too.
var vocabulary = func() map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(`message messages text file media photo video audio image document user chat contact number phone
		request error invalid wrong not found too long large big small empty the for and this that was has been can cannot must with from
		type size limit account business bad send sent sending failed parameter value missing required supported unsupported`) {
		all[word] = true
	}
	return all
}()

// split are the words of a text that are long enough to give anything away, in lower case.
func split(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
	out := all[:0]
	for _, word := range all {
		if len(word) >= shortest {
			out = append(out, word)
		}
	}
	return out
}

// unquoted is a text up to what may be a quotation or an address, or is no plain ASCII. An apostrophe within a word is
// neither.
func unquoted(text string) string {
	for i, r := range text {
		letter := func(at int) bool { return at >= 0 && at < len(text) && unicode.IsLetter(rune(text[at])) }
		switch {
		case r == '\'' && letter(i-1) && letter(i+1):
		case r < ' ', r > '~', strings.ContainsRune("\"'`<>{}[]@+", r), strings.HasPrefix(text[i:], "://"):
			return text[:i]
		}
	}
	return text
}

// longNumber says that a text holds a number long enough to be somebody's.
func longNumber(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			if digits++; digits >= 7 {
				return true
			}
		case r != ' ' && r != '-' && r != '.' && r != '(' && r != ')':
			digits = 0
		}
	}
	return false
}

// values are the texts of a JSON object, of lists in it too.
func values(object json.RawMessage) (out []string) {
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
		}
	}
	var root any
	_ = json.Unmarshal(object, &root) // it was read before
	walk(root)
	return out
}

// texts are all texts in a message.
func texts(m protoreflect.Message) (out []string) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		one := func(v protoreflect.Value) {
			switch {
			case f.Message() != nil:
				out = append(out, texts(v.Message())...)
			case f.Kind() == protoreflect.StringKind:
				out = append(out, v.String())
			}
		}
		switch {
		case f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				one(v.List().Get(i))
			}
		default:
			one(v)
		}
		return true
	})
	return out
}
