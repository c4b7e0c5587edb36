package letter

import (
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Header is a mail's header. What is no field in it is passed over.
type Header struct{ fields []field }

type field struct{ name, value string }

// maxFields bounds the fields that are kept.
const maxFields = 2000

// ReadHeader reads a header up to the first empty line.
func ReadHeader(raw []byte) Header {
	var h Header
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n := len(h.fields); n > 0 {
				h.fields[n-1].value += " " + strings.TrimSpace(line)
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || len(h.fields) >= maxFields {
			continue
		}
		h.fields = append(h.fields, field{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)})
	}
	return h
}

// Get is a field's value as it stands there, the first where there are several, "" for none.
func (h Header) Get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// Has says whether there is such a field.
func (h Header) Has(name string) bool {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return true
		}
	}
	return false
}

// Text is a field for people: encoded words are decoded.
func (h Header) Text(name string) string { return Words(h.Get(name)) }

// words decodes encoded words in any alphabet that browsers know.
var words = mime.WordDecoder{CharsetReader: charsetReader}

// Words is a text with its encoded words decoded (RFC 2047), on one line.
func Words(raw string) string {
	if decoded, err := words.DecodeHeader(raw); err == nil {
		raw = decoded
	}
	return OneLine(strings.ToValidUTF8(raw, "\uFFFD"))
}

// OneLine is a text without control characters, and each run of blanks as one.
func OneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)), " ")
}

// Token is the first word of a field whose value is one with parameters, in lower case: "auto-replied".
func (h Header) Token(name string) string {
	value, _, _ := strings.Cut(h.Get(name), ";")
	value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
	return strings.ToLower(value)
}

// Date is the field Date, zero where it cannot be read.
func (h Header) Date() time.Time {
	at, err := mail.ParseDate(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

var messageID = regexp.MustCompile(`<([^<>\s]{1,500})>`)

// IDs are the message ids in a field, without their brackets, the last fifty.
func (h Header) IDs(name string) (out []string) {
	for _, m := range messageID.FindAllStringSubmatch(h.Get(name), -1) {
		out = append(out, m[1])
	}
	return out[max(0, len(out)-50):]
}

// ID is the first message id in a field, "" for none.
func (h Header) ID(name string) string {
	if m := messageID.FindStringSubmatch(h.Get(name)); m != nil {
		return m[1]
	}
	return ""
}
