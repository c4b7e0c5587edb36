package webhooktest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// now is when the calls come, in seconds since 1970.
const now = 1_700_000_000

// call is a call without a credential.
func call() webhook.Call {
	query := "hub.mode=subscribe&hub.challenge=1&timestamp=1700000000&nonce=n"
	return webhook.Call{
		Network: "toy", Channel: "A", URL: "https://bridge.example.com:8443/webhooks/toy/A?" + query, Query: query,
		Header: http.Header{"Host": {"bridge.example.com"}},
	}
}

// calls are a call without a credential, and some whose credential is as the scheme wants it, but for being right.
func calls(scheme proof.Scheme) []webhook.Call {
	all := []webhook.Call{call()}
	for _, header := range []string{"X-Signature-Timestamp", "X-Slack-Request-Timestamp", "webhook-timestamp", "messagebird-request-timestamp", "webhook-id"} {
		all[0].Header.Set(header, "1700000000")
	}
	return append(all, forged(scheme)...)
}

func forged(scheme proof.Scheme) (all []webhook.Call) {
	c := call()
	switch s := scheme.(type) {
	case proof.AnyOf:
		for _, one := range s {
			all = append(all, forged(one)...)
		}
		return all
	case proof.Token:
		put(&c, s.Header, expr.Query(s.Query), "wrong")
		switch {
		case s.Bearer:
			c.Header.Set("Authorization", "Bearer wrong")
		case s.Basic:
			c.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("a:wrong")))
		case s.Path:
			c.Suffix = "/wrong"
		} // what is looked for in a body, hostile bodies have
	case proof.HMAC:
		put(&c, s.Header, s.Sent, signatures(s.List, s.Prefix, s.Encoding, digests[s.Hash]))
	case proof.Hash:
		put(&c, s.Header, s.Sent, signatures(proof.List{}, s.Prefix, s.Encoding, digests[s.Hash]))
	case proof.Signature:
		put(&c, s.Header, s.Sent, signatures(s.List, s.Prefix, s.Encoding, 64))
	case proof.JWT:
		return tokens(s)
	}
	return []webhook.Call{c}
}

// put puts a credential where it is looked for in the head.
func put(c *webhook.Call, header string, at expr.Expr, credential string) {
	switch {
	case header != "":
		c.Header.Set(header, credential)
	case at.Header != "":
		c.Header.Set(at.Header, credential)
	case at.Query != "":
		c.Query += "&" + at.Query + "=" + url.QueryEscape(credential)
		c.URL = "https://bridge.example.com/webhooks/toy/A?" + c.Query
	}
}

var digests = map[digest.Function]int{digest.MD5: 16, digest.SHA1: 20, digest.SHA256: 32, digest.SHA384: 48, digest.SHA512: 64}

// signatures are as many well-formed ones as a header can hold, or one where there is no list.
func signatures(list proof.List, prefix string, encoding digest.Encoding, size int) string {
	raw := bytes.Repeat([]byte{7}, size)
	one := prefix + hex.EncodeToString(raw)
	if encoding == digest.Base64 {
		one = prefix + base64.StdEncoding.EncodeToString(raw)
	}
	if list.Separator == "" {
		return one
	}
	return strings.Repeat(list.Label+one+list.Separator, 30<<10/(len(one)+8)) + list.Label + one
}

// kid is a key that there is, so that a signature is checked.
func kid(j proof.JWT) string {
	if len(j.Keys.Published) == 0 {
		return "none"
	}
	return j.Keys.Published[0].ID
}

// tokens are calls with tokens that nobody signed: one, one of many claims, and one of many segments.
func tokens(j proof.JWT) (all []webhook.Call) {
	encode := base64.RawURLEncoding.EncodeToString
	head := encode([]byte(`{"alg":"` + string(j.Algorithms[0]) + `","typ":"JWT","kid":"` + kid(j) + `"}`))
	many := encode([]byte(`{` + strings.Repeat(`"":0,`, 4000) + `"iat":1700000000}`))
	signature := encode(bytes.Repeat([]byte{7}, 32))
	for _, token := range []string{
		head + "." + encode([]byte(`{"iat":1700000000,"exp":1700000100}`)) + "." + signature,
		head + "." + many + "." + signature, many + "." + many + "." + signature, strings.Repeat(".", 30<<10),
	} {
		c := call()
		if j.Bearer {
			c.Header.Set("Authorization", "Bearer "+token)
		} else {
			c.Header.Set(j.Header, token)
		}
		all = append(all, c)
	}
	return all
}
