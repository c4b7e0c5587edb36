package imap

import (
	"bufio"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAStructureIsReadWhole(t *testing.T) {
	const line = `* 1 FETCH (UID 5 BODYSTRUCTURE (("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 20 1 NIL NIL NIL NIL)` +
		`("APPLICATION" "PDF" ("NAME" {9}` + "\r\n" + `a "b".pdf) "<c@x>" NIL "BASE64" 78 NIL ("ATTACHMENT" ("FILENAME" "a \"b\".pdf")) NIL NIL)` +
		`("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 ("d" "s" NIL NIL NIL NIL NIL NIL NIL "<i>") ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1) 20 NIL ("INLINE" NIL))` +
		` "MIXED" ("BOUNDARY" "b") NIL NIL NIL) BODY[HEADER.FIELDS (TO)]<0> {2}` + "\r\n\r\n" + `)` + "\r\n"
	r, err := readResponse(bufio.NewReader(strings.NewReader(line)))
	if err != nil {
		t.Fatal(err)
	}
	if r.number != 1 || r.name != "FETCH" || len(r.values) != 1 || len(r.values[0].list) != 6 {
		t.Fatalf("read as %+v", r)
	}
	if got := r.values[0].list[4].atom; got != "BODY[HEADER.FIELDS (TO)]<0>" {
		t.Errorf("an atom is %q", got)
	}
	got, err := structure(r.values[0].list[3])
	if err != nil {
		t.Fatal(err)
	}
	want := &Structure{Type: "multipart/mixed", Params: map[string]string{"boundary": "b"}, Parts: []Part{
		{Section: "1", Type: "text/plain", Params: map[string]string{"charset": "utf-8"}, Within: []string{"mixed"}, Encoding: "quoted-printable", Size: 20},
		{Section: "2", Type: "application/pdf", Params: map[string]string{"name": `a "b".pdf`}, Within: []string{"mixed"}, ID: "<c@x>", Encoding: "base64", Size: 78,
			Disposition: "attachment", Shown: map[string]string{"filename": `a "b".pdf`}},
		{Section: "3", Type: "message/rfc822", Within: []string{"mixed"}, Encoding: "7bit", Size: 9, Disposition: "inline"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsTooMuchIsRefused(t *testing.T) {
	for name, line := range map[string]string{
		"depth":          "* 1 FETCH " + strings.Repeat("(", 1000) + "\r\n",
		"values":         "* SEARCH " + strings.Repeat("1 ", maxValues+1) + "\r\n",
		"a literal":      "* 1 FETCH (X {9999999999}\r\n",
		"a line":         "* " + strings.Repeat("x", maxLine+1) + "\r\n",
		"an open list":   "* 1 FETCH (X\r\n",
		"a closed one":   "* 1 FETCH X)\r\n",
		"an open string": `* 1 FETCH (X "y` + "\r\n",
		"no words":       "\r\n",
	} {
		if r, err := readResponse(bufio.NewReader(strings.NewReader(line))); err == nil {
			t.Errorf("%s is read as %.60v", name, r)
		}
	}
}

func TestAMailboxNameInItsSpelling(t *testing.T) {
	// RFC 3501, 5.1.3, and one of our own
	for name, want := range map[string]string{"~peter/mail/台北/日本語": "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "Atención & más": "Atenci&APM-n &- m&AOE-s", "INBOX": "INBOX"} {
		if got := utf7(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func FuzzResponse(f *testing.F) {
	f.Add("* 1 FETCH (UID 5 BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"c\" 1) BODY[1]<0> {2}\r\nab)\r\n")
	f.Add("a1 OK [UIDVALIDITY 5] done\r\n")
	f.Add("+ go\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := readResponse(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		for _, v := range r.values {
			_, _ = structure(v)
			for _, one := range v.list {
				_, _ = structure(one)
			}
		}
	})
}
