package mediatype

import (
	"bytes"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// HeadSize is how much of a file's beginning [Sniff] looks at, in bytes.
const HeadSize = 4096

// Sniff is what a file's first bytes show it to be, "" where they show nothing. kind is "image", "video" or "audio" where
// the file is known to be one: an MP4, 3GPP, WebM or Ogg container can be a film or a sound.
func Sniff(head []byte, kind string) string {
	if len(head) == 0 {
		return ""
	}
	m := mimetype.Detect(head)
	base := Base(m.String())
	if inText(m) && byName[base] == nil {
		return "text/plain" // what reads like a program's source may as well be a letter
	}
	if kind == "audio" {
		if sound := sounds[base]; sound != "" {
			return sound
		}
	}
	return base
}

// sounds are the types of sounds in containers that look like films.
var sounds = map[string]string{
	"video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp", "video/3gpp2": "audio/3gpp2", "video/webm": "audio/webm", "video/ogg": "audio/ogg",
}

// inText says whether the library found a type by the words of a text.
func inText(m *mimetype.MIME) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			return true
		}
	}
	return false
}

// Of is the type of a file: the first of what is said of it that tells something. What tells little (application/zip,
// text/plain) or nothing is made out by the name, and by its first bytes, which may be nil. "" where nothing tells.
// kind is as with [Sniff].
func Of(said []string, name string, head []byte, kind string) string {
	for _, s := range said {
		full := Normal(s)
		base := Base(full)
		if base == "" || strings.HasSuffix(base, "/*") {
			continue
		}
		if !vague[base] {
			return full
		}
		if named := OfName(name); named != "" {
			return named
		}
		if seen := Sniff(head, kind); seen != "" && !vague[seen] && sameFamily(base, seen) {
			return seen
		}
		return full
	}
	if named := OfName(name); named != "" {
		if sound := sounds[named]; sound != "" && kind == "audio" {
			return sound
		}
		return named
	}
	return Sniff(head, kind)
}

// sameFamily says whether something vague may be what was seen: a ZIP a document, a text a table. A page is seen in what is
// no page often enough, and is never made out of a text.
func sameFamily(said, seen string) bool {
	if seen == "text/html" {
		return false
	}
	return said != "text/plain" || Family(seen) == "text"
}

// IsPage says whether what a server answered is a web page where another file was expected: the page of an error, of a
// log-in, of a firewall, which many servers give out with status 200. expected is what was known of the file beforehand
// ([Of]), "" for nothing; served is the answer's Content-Type, head its first bytes.
//
// A text that holds HTML is no page where a text was expected, or is what the server says it is.
func IsPage(expected, served string, head []byte) bool {
	expected, served = Base(expected), Base(served)
	seen := Sniff(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "")
	switch {
	case expected == "text/html":
		return false
	case served == "text/html":
		return seen == "" || textual(seen)
	case seen != "text/html":
		return false
	case expected != "":
		return !textual(expected)
	default:
		return !textual(served)
	}
}

// textual says whether files of a type are texts.
func textual(base string) bool {
	return Family(base) == "text" || strings.HasSuffix(base, "+xml") || base == "application/xml" || base == "application/json"
}
