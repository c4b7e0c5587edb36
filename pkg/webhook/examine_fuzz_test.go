package webhook_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// strangers are credentials of every sort that nobody who calls can know.
func strangers(f *testing.F) []string {
	f.Helper()
	text := rand.Text()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	return []string{
		text, hex.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString([]byte(text)), "a:" + text, hex.EncodeToString(public),
		base64.StdEncoding.EncodeToString(public), base64.StdEncoding.EncodeToString(der), "",
	}
}

// fields are all words of a policy: whatever it takes for the name of an account's field is among them.
func fields(v any, all map[string]bool) {
	switch v := v.(type) {
	case string:
		all[v] = true
	case []any:
		for _, one := range v {
			fields(one, all)
		}
	case map[string]any:
		for _, one := range v {
			fields(one, all)
		}
	}
}

// FuzzExamine: whatever the policy and the call, there is no panic, and no entry without the secret.
func FuzzExamine(f *testing.F) {
	for _, v := range vectors(f) {
		data, err := json.Marshal(v.example(f).policy)
		if err != nil {
			f.Fatal(err)
		}
		c := v.call(f)
		var header bytes.Buffer
		if err := c.Header.Write(&header); err != nil {
			f.Fatal(err)
		}
		f.Add(data, c.Method, c.Suffix, c.Query, c.URL, header.String(), c.Body, c.AcceptedAt.Unix())
	}
	data, _ := json.Marshal(meta)
	f.Add(data, "GET", "", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=x", "", "", []byte(nil), int64(now))
	credentials := strangers(f)
	f.Fuzz(func(t *testing.T, policy []byte, method, suffix, query, url, header string, body []byte, at int64) {
		var p webhook.Policy
		if json.Unmarshal(policy, &p) != nil {
			return
		}
		c := webhook.Call{Method: method, Suffix: suffix, Query: query, URL: url, Body: body, AcceptedAt: time.Unix(at, 0)}
		read, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(header + "\r\n"))).ReadMIMEHeader()
		c.Header = http.Header(read)
		var words any
		_ = json.Unmarshal(policy, &words)
		names, account := map[string]bool{}, webhook.Secrets{}
		fields(words, names)
		for name := range names {
			account[name] = credentials
		}
		for what, s := range map[string]webhook.Secrets{"strangers": account, "nobody": nil} {
			v, head := p.Examine(c, s), p.CheckHead(c, s)
			if v.Cause == webhook.Authentic || v.Handshake || v.Answer.Status < 400 {
				t.Errorf("admitted with the secrets of %s: %+v", what, v)
			}
			if why := p.Explain(c, s); !strings.HasPrefix(why, string(v.Cause)+": ") || strings.Contains(why, credentials[0]) {
				t.Errorf("why %q, and the cause %q", why, v.Cause)
			}
			if head != webhook.Authentic && head != v.Cause && head != webhook.Encoded && v.Cause != webhook.TooLarge {
				t.Errorf("with the secrets of %s %q by its head, %q by its body", what, head, v.Cause)
			}
		}
		p.Dedupe.Find(c)
		if got := p.Strip(c); !bytes.Equal(got.Body, body) {
			t.Errorf("the body became %q", got.Body)
		}
	})
}
