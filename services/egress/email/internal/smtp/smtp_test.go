package smtp

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

func TestOnlyAnAddressIsWritten(t *testing.T) {
	for address, want := range map[string]bool{
		"ana@example.org": true, "ana+x=y@example.org": true, "josé@example.org": true, "o'neil@example.org": true,
		"": false, "ana": false, "@example.org": false, "ana@": false, "a b@example.org": false, "a@b@c": false, "a@b>\r\nRCPT TO:<c@d": false, "a@b> SIZE=1": false,
		"<a@b>": false, "a@b\x00": false, "a\u0085@b": false, "a\u2028@b": false, "a,b@c": false, strings.Repeat("a", 65) + "@b": false, "\"a b\"@c": false,
	} {
		if Addressable(address) != want {
			t.Errorf("Addressable(%q) is %v", address, !want)
		}
	}
}

func TestAReplyIsReadWhole(t *testing.T) {
	for text, want := range map[string]Reply{
		"250 ok\r\n": {Code: 250},
		"550-5.1.1 no such\r\n550 5.1.1 user\r\n": {Code: 550, Status: "5.1.1"},
		"250\r\n": {Code: 250},
		"451 5.1.1 a status of another class\r\n": {Code: 451},
		"HTTP/1.1 400 Bad Request\r\n":            {},
		"250-a\r\n":                               {},
		"250-a\r\n550 b\r\n":                      {},
		"25\r\n":                                  {},
		"999 x\r\n":                               {},
		strings.Repeat("250-x\r\n", 300) + "250 x\r\n": {},
		"250 " + strings.Repeat("x", maxLine) + "\r\n": {},
	} {
		got, err := readReply(bufio.NewReaderSize(strings.NewReader(text), maxLine))
		if (err == nil) != (want.Code != 0) || err == nil && (got.Code != want.Code || got.Status != want.Status) {
			t.Errorf("%.40q is %d %q, %v", text, got.Code, got.Status, err)
		}
	}
}

// FuzzStuffing has the standard library read what was written, as a server does: the same lines, and nothing behind their end.
func FuzzStuffing(f *testing.F) {
	for _, text := range []string{"a\r\n.\r\nb", ".", "..", "\r.\r", "a\n.\n", "\r\n.\r\n", "a\rb", "a\r"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		s := &stuffer{w: w, begins: true}
		if _, err := io.WriteString(s, text); err != nil {
			t.Fatal(err)
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
		w.WriteString(".\r\nQUIT\r\n")
		w.Flush()
		r := bufio.NewReader(&out)
		got, err := io.ReadAll(textproto.NewReader(r).DotReader())
		if err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(r)
		if string(rest) != "QUIT\r\n" {
			t.Fatalf("%q ends early: %q is left", text, rest)
		}
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		if want != "" && !strings.HasSuffix(want, "\n") {
			want += "\n"
		}
		if string(got) != want {
			t.Fatalf("%q is read as %q", text, got)
		}
	})
}
