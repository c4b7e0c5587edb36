package customchannel

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/weburl"
)

// The checks of this file are the same for a body that came in and for one that
// is to go out.

// text checks a string's encoding and length, and that a required one is filled.
func (r *report) text(path, s string, required bool, limit int) {
	switch n := UTF16Len(s); {
	case s == "" && required:
		r.add(path, RuleRequired, "1 to "+strconv.Itoa(limit)+" characters", "")
	case !utf8.ValidString(s):
		r.add(path, RuleUnicode, "", "bytes that are not UTF-8")
	case n > limit:
		r.add(path, RuleLength, strconv.Itoa(limit), strconv.Itoa(n))
	}
}

// unbounded checks a string that has no documented length.
func (r *report) unbounded(path, s string, required bool) {
	if s == "" && required {
		r.add(path, RuleRequired, "", "")
	}
	if !utf8.ValidString(s) {
		r.add(path, RuleUnicode, "", "bytes that are not UTF-8")
	}
}

// link checks a required URL.
func (r *report) link(path, s string) {
	r.text(path, s, true, MaxURL)
	if !isLink(s) {
		r.add(path, RuleFormat, limitURL, "")
	}
}

// degrees checks a required coordinate; NaN and the infinities are out of range.
func (r *report) degrees(path string, n *float64, limit float64) {
	switch {
	case n == nil:
		r.add(path, RuleRequired, "a number", "")
	case !within(*n, limit):
		r.add(path, RuleRange, between(limit), "")
	}
}

// oneOf checks a required word of a closed set.
func oneOf[T ~string](r *report, path string, word T, limit string) bool {
	if word == "" {
		r.add(path, RuleRequired, "one of "+limit, "")
		return false
	}
	for allowed := range strings.SplitSeq(limit, ", ") {
		if string(word) == allowed {
			return true
		}
	}
	r.add(path, RuleEnum, limit, "")
	return false
}

// foreign reports a field that is set although it belongs to something else.
func (r *report) foreign(path string, set bool, owner string) {
	if set {
		r.add(path, RuleForeign, owner, "")
	}
}

func within(n, limit float64) bool { return n >= -limit && n <= limit }

func between(limit float64) string {
	s := strconv.FormatFloat(limit, 'f', -1, 64)
	return "-" + s + " and " + s
}

// isLink reports whether s is an absolute web address, or becomes one as
// [weburl.Normal] escapes it. That the platform can reach it, and that it stays
// alive, is the sender's to see to.
func isLink(s string) bool {
	_, err := weburl.Normal(s)
	return err == nil
}

// normalLink is s as every reader understands it; s itself where it is no link, or
// is longer then than the contract lets it be.
func normalLink(s string) string {
	if normal, err := weburl.Normal(s); err == nil && len(normal) <= MaxURL {
		return normal
	}
	return s
}

// mediaType checks an optional media type: it goes on into headers.
func (r *report) mediaType(path, s string) {
	if s != "" && !mediatype.Valid(s) {
		r.add(path, RuleFormat, limitMediaType, "")
	}
}

// hasExtension reports whether a name goes on after its last dot, and starts
// before it.
func hasExtension(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot > 0 && dot < len(name)-1
}

// marshal encodes a checked value. It leaves <, > and & as they are: the reader is
// a JSON parser, not a web page.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
