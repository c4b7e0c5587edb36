package signing_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
)

// sum is a signature of two bytes that is easily made: the secret's first, and the length of the text.
func sum(secret string, text func(io.Writer) bool) ([]byte, bool) {
	var b bytes.Buffer
	ok := text(&b)
	return []byte{secret[0], byte(b.Len())}, ok
}

func match(secret string, text func(io.Writer) bool, sent [][]byte) bool {
	made, ok := sum(secret, text)
	return ok && signing.Among(made, sent)
}

func TestASignatureIsFoundWhereItStands(t *testing.T) {
	t.Parallel()
	p := signing.Signing{Header: "X-Sig", Prefix: "v1=", Encoding: digest.Hex, Secret: "key", Size: 2, List: signing.List{Separator: ","}}
	secrets := expr.Secrets{"key": {"old", "new"}}
	made, ok := p.Make(expr.Call{Body: []byte("four")}, secrets, sum)
	if made != "v1=6f04" || !ok {
		t.Fatalf("made is %q, %t", made, ok)
	}
	for name, test := range map[string]struct {
		sent    []string // in the header
		secrets expr.Secrets
		want    signing.Judgement
	}{
		"as it is made":           {[]string{made}, secrets, signing.Judgement{Sent: true, Right: true}},
		"by the other secret":     {[]string{"v1=6e04"}, secrets, signing.Judgement{Sent: true, Right: true}},
		"among others":            {[]string{"v1=0000," + made}, secrets, signing.Judgement{Sent: true, Right: true}},
		"not at all":              {nil, secrets, signing.Judgement{}},
		"of another text":         {[]string{"v1=6f05"}, secrets, signing.Judgement{Sent: true}},
		"without its prefix":      {[]string{"6f04"}, secrets, signing.Judgement{Sent: true}},
		"too short":               {[]string{"v1=6f"}, secrets, signing.Judgement{Sent: true}},
		"twice":                   {[]string{made, made}, secrets, signing.Judgement{Sent: true}},
		"as the last of too many": {[]string{strings.Repeat("v1=0000,", 16) + made}, secrets, signing.Judgement{Sent: true}},
		"where nobody has a key":  {[]string{made}, expr.Secrets{"key": {""}}, signing.Judgement{Sent: true}},
	} {
		c := expr.Call{Header: http.Header{"X-Sig": test.sent}, Body: []byte("four")}
		if got := p.Verify(c, test.secrets, match); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
		if why := p.Why(c, test.secrets); !test.want.Right && (why == "" || strings.Contains(why, "old")) {
			t.Errorf("%s: why is %q", name, why)
		}
	}
}

// Without the body only what is sent is judged, and what is signed is left open.
func TestAHeadLeavesTheBodyOpen(t *testing.T) {
	t.Parallel()
	p := signing.Signing{Header: "X-Sig", Encoding: digest.Hex, Secret: "key"}
	secrets := expr.Secrets{"key": {"k"}}
	for sent, want := range map[string]signing.Judgement{"6b99": {Sent: true, Right: true}, "no hex": {Sent: true}, "": {}} {
		if got := p.Head(expr.Call{Header: http.Header{"X-Sig": {sent}}}, secrets, match); got != want {
			t.Errorf("%q: %+v, want %+v", sent, got, want)
		}
	}
}
