package mediatype

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// Ending is what the name of a file of this type ends with, such as ".jpg"; "" where the type is not known.
func Ending(said string) string {
	base := Base(said)
	if k := byName[base]; k != nil {
		ending, _, _ := strings.Cut(k.endings, " ")
		return ending
	}
	if m := mimetype.Lookup(base); base != "" && m != nil {
		return m.Extension()
	}
	return ""
}

// longestEnding is the longest that a name's ending is, in bytes with its dot: ".numbers", ".sqlite3", ".pkpass", ".torrent".
const longestEnding = 12

// HasEnding says whether a name ends as files of some type do: with a dot after something, and then letters and digits
// that are not digits alone, as the versions and years in names are.
func HasEnding(name string) bool {
	ending := path.Ext(name)
	if len(ending) < 2 || len(ending) > longestEnding || len(ending) == len(name) {
		return false
	}
	if byEnding[strings.ToLower(ending)] != nil {
		return true
	}
	letter := false
	for _, r := range ending[1:] {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
		letter = letter || unicode.IsLetter(r)
	}
	return letter
}

// FileName is the name under which a file of this type opens: name itself where it has an ending, else name with the
// type's, or with ".bin" where the type is not known. Where the type is in the table and the ending is not, the ending is
// part of the name: "acta.marzo" of a PDF is "acta.marzo.pdf".
//
// Only the last element of a path stays, and no control character. A name that is empty then is fallback with an ending.
func FileName(name, said, fallback string) string {
	name = CleanName(name)
	if name == "" {
		name = fallback
	}
	base := Base(said)
	ending := Ending(base)
	_, telling := byName[base]
	telling = telling && !vague[base]
	if HasEnding(name) && (!telling || byEnding[strings.ToLower(path.Ext(name))] != nil) {
		return name
	}
	if ending == "" {
		ending = ".bin"
	}
	return strings.TrimRight(name, ".") + ending
}

// CleanName is the last element of a path, whichever slash it is written with, without control characters and without what
// turns the direction of writing (which can make ".exe" look like ".pdf"). "" for what names no file.
func CleanName(name string) string {
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "\uFFFD")
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(path.Base(strings.TrimRight(name, "/")))
	if strings.Trim(name, "./ ") == "" {
		return ""
	}
	return name
}
