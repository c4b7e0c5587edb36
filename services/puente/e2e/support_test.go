package e2e_test

import (
	"archive/zip"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsWrittenForSupportHoldsNothingPersonal: a bridge with a suspended channel, messages that wait and dead letters.
func TestWhatIsWrittenForSupportHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const contact = 987654321
	br.b.Block(contact, true)
	br.sendText(tokenB, "B", contact, marker)
	br.a.Revoke(true)
	br.sendText(tokenA, "A", contact, marker)
	br.deliver(br.b, br.b.Text(contact, marker))
	eventually(t, "the channel is suspended and a letter is there", func() bool {
		out, ok := br.puente("dead")
		return ok && strings.Contains(out, "refused") && strings.Contains(br.log(), "channel suspended")
	})

	file := filepath.Join(br.dir, "support.zip")
	if out, ok := br.puente("support", file); !ok || !strings.Contains(out, "Look through it before you send it") {
		t.Fatal(out)
	}
	if out, ok := br.puente("support", file); ok || !strings.Contains(out, "nothing is overwritten") {
		t.Errorf("a file is overwritten: %s", out)
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var all strings.Builder
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	said := all.String()
	for _, want := range []string{`"id": "A"`, `"suspended"`, `"code"`, `"telegram": 1`, "EGRESS_telegram", "KV_CHANNELS", "egress-telegram telegram B outbound", `"embedded": true`, "linux/"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in it", want)
		}
	}
	for _, private := range []string{tokenA, tokenB, botA, botB, secretA, secretB, marker, "987654321", url.QueryEscape(botA)} {
		if at := strings.Index(said, private); at >= 0 {
			t.Errorf("it holds %q: …%s…", private, said[max(0, at-200):min(len(said), at+80)])
		}
	}
	if t.Failed() {
		t.Log(said)
	}
}
