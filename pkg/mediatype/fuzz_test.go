package mediatype_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/bonychat/puente/pkg/mediatype"
)

// FuzzFileName: whatever a network or a person names a file, the name can be stored, shown and put into a header.
func FuzzFileName(f *testing.F) {
	f.Add("../..\\menú 🍕\r\nContent-Type: text/html\r\n\"x.pdf", "application/pdf", []byte("%PDF-1.7"))
	f.Add("", "image/png\r\nX: y", []byte("\x89PNG"))
	f.Fuzz(func(t *testing.T, name, said string, head []byte) {
		media := mediatype.Of([]string{said}, name, head, "")
		if media != "" && !mediatype.Valid(media) {
			t.Fatalf("%q is no media type", media)
		}
		got := mediatype.FileName(name, media, "file")
		if strings.ContainsAny(got, "/\\") || strings.ContainsFunc(got, unicode.IsControl) || !strings.Contains(got, ".") {
			t.Fatalf("FileName(%q, %q) = %q", name, media, got)
		}
		if again := mediatype.FileName(got, media, "file"); again != got {
			t.Fatalf("FileName(%q, %q) = %q, and then %q", name, media, got, again)
		}
		mediatype.IsPage(media, said, head)
	})
}
