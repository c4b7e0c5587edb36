package webhook_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// genuine are the vectors that are to be admitted.
func genuine(t testing.TB, each func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy)) {
	t.Helper()
	for _, v := range vectors(t) {
		if !v.Valid {
			continue
		}
		c, account, p := v.call(t), v.account(t), v.example(t).policy
		if got := p.Check(c, account); got != webhook.Authentic {
			t.Fatalf("%s: %s: %q", v.file, v.Name, got)
		}
		each(v, c, account, p)
	}
}

func refused(t *testing.T, v vector, what string, p webhook.Policy, c webhook.Call, account webhook.Secrets, causes ...webhook.Cause) {
	t.Helper()
	got := p.Check(c, account)
	if got == webhook.Authentic || len(causes) > 0 && !slices.Contains(causes, got) {
		t.Errorf("%s: %s: %s: %q, want one of %q", v.file, v.Name, what, got, causes)
	}
}

func TestWithoutTheSecretThereIsNoEntry(t *testing.T) {
	t.Parallel()
	genuine(t, func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy) {
		field := v.example(t).secret
		with := func(values ...string) webhook.Secrets {
			s := maps.Clone(account)
			s[field] = values
			return s
		}
		for what, s := range map[string]webhook.Secrets{
			"no account": nil, "no secret": with(), "an empty secret": with(""), "two empty secrets": with("", ""), "another channel's": with("another-secret"),
			"more than it": with(v.Secret + "x"), "less than it": with(v.Secret[:len(v.Secret)-1]), "two others": with("one", "two"),
		} {
			refused(t, v, what, p, c, s, webhook.Forged)
		}
		for what, s := range map[string]webhook.Secrets{
			"the new and the old": with("new", v.Secret), "the old and the new": with(v.Secret, "new"), "an empty one beside it": with("", v.Secret),
		} {
			if got := p.Check(c, s); got != webhook.Authentic {
				t.Errorf("%s: %s: %s: %q", v.file, v.Name, what, got)
			}
		}
		for other := range v.example(t).also {
			if other == "verify_token" {
				continue // is asked for in handshakes only
			}
			for what, values := range map[string][]string{"nothing": nil, "empty": {""}, "another": {"x"}} {
				s := maps.Clone(account)
				s[other] = values
				refused(t, v, other+" is "+what, p, c, s, webhook.Forged)
			}
		}
	})
}

// unsignedBody are the networks whose credential says nothing of the body.
var unsignedBody = []string{"telegram", "matrix_appservice", "email_mailgun", "vonage", "wechat"}

func TestAnAlteredBodyIsForged(t *testing.T) {
	t.Parallel()
	genuine(t, func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy) {
		if slices.Contains(unsignedBody, v.file) {
			return
		}
		form := v.Headers["Content-Type"] == formType && v.file == "twilio"
		for i := range len(c.Body) + 1 {
			altered := c
			altered.Body = slices.Insert(bytes.Clone(c.Body), i, 'x')
			refused(t, v, "a byte more", p, altered, account, webhook.Forged)
			if i == len(c.Body) {
				continue
			}
			altered.Body = bytes.Clone(c.Body)
			altered.Body[i] ^= 0x20
			if !form || !sameForm(c.Body, altered.Body) {
				refused(t, v, "another byte", p, altered, account, webhook.Forged)
			}
			altered.Body = slices.Delete(bytes.Clone(c.Body), i, i+1)
			if !form || !sameForm(c.Body, altered.Body) {
				refused(t, v, "a byte less", p, altered, account, webhook.Forged)
			}
		}
	})
}

// sameForm says that two forms are the same to Twilio: it signs names and values one after the other, without a sign
// between them.
func sameForm(a, b []byte) bool {
	var texts []string
	for _, body := range [][]byte{a, b} {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return false
		}
		text := ""
		for _, name := range slices.Sorted(maps.Keys(form)) {
			for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
				text += name + value
			}
		}
		texts = append(texts, text)
	}
	return texts[0] == texts[1]
}

func TestAMissingOrTwofoldCredentialAdmitsNobody(t *testing.T) {
	t.Parallel()
	genuine(t, func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy) {
		for name, values := range c.Header {
			if name == "Content-Type" {
				continue
			}
			altered := c
			altered.Header = c.Header.Clone()
			altered.Header.Del(name)
			refused(t, v, "without "+name, p, altered, account, webhook.Unsigned, webhook.Forged)
			altered.Header[name] = []string{""}
			refused(t, v, "empty "+name, p, altered, account, webhook.Unsigned, webhook.Forged)
			altered.Header[name] = []string{values[0], values[0]}
			refused(t, v, "twofold "+name, p, altered, account, webhook.Forged)
			if altered.Header[name] = []string{" " + values[0]}; v.file != "generic_standard_webhooks" { // whose list has spaces
				refused(t, v, "a space before "+name, p, altered, account, webhook.Unsigned, webhook.Forged)
			}
			for i := range values[0] {
				cut := values[0][:i]
				if strings.Contains(values[0], ",") && strings.Contains(cut, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=") {
					break // the rest of the list does not count
				}
				altered.Header[name] = []string{cut}
				refused(t, v, "the start of "+name, p, altered, account)
			}
		}
		bare := c
		bare.Header = http.Header{}
		if ct := c.Header.Get("Content-Type"); ct != "" {
			bare.Header.Set("Content-Type", ct)
		}
		if len(bare.Header) < len(c.Header) {
			refused(t, v, "no credential at all", p, bare, account, webhook.Unsigned)
		}
	})
}

// urlSigned are the networks that sign the URL or its query.
var urlSigned = []string{"twilio", "bird", "messagebird", "messagebird_legacy", "vonage", "wechat"}

func TestAnAlteredURLIsForged(t *testing.T) {
	t.Parallel()
	genuine(t, func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy) {
		if !slices.Contains(urlSigned, v.file) || v.Variant == "jwt" {
			return
		}
		for _, pair := range strings.Split(c.Query, "&") {
			name, _, _ := strings.Cut(pair, "=")
			if name == "" || name == "openid" || name == "echostr" && v.Variant == "plain" {
				continue
			}
			altered := c
			altered.Query = strings.Replace(c.Query, pair, pair+"0", 1)
			altered.URL = strings.Replace(c.URL, pair, pair+"0", 1)
			refused(t, v, "another "+name, p, altered, account)
			altered.Query, altered.URL = strings.Replace(c.Query, pair, "", 1), strings.Replace(c.URL, pair, "", 1)
			refused(t, v, "no "+name, p, altered, account)
		}
		if v.file == "vonage" || v.file == "wechat" || v.file == "messagebird_legacy" {
			return // of the URL they sign no more than its query
		}
		for what, to := range map[string]string{
			"no URL": "", "another host": strings.Replace(c.URL, ".com", ".org", 1), "another path": strings.Replace(c.URL, "com", "com/x", 1),
			"another scheme": "ftp" + c.URL, "no scheme": strings.TrimPrefix(c.URL, "https://"),
		} {
			if to == c.URL {
				continue
			}
			altered := c
			altered.URL = to
			refused(t, v, what, p, altered, account, webhook.Forged)
		}
	})
}

func TestWhatIsOldOrFromTheFutureIsStale(t *testing.T) {
	t.Parallel()
	times := 0
	genuine(t, func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy) {
		j, isJWT := p.Verify.(proof.JWT)
		if p.Freshness.Past == 0 && !isJWT {
			return
		}
		times++
		past, future := p.Freshness.Past, p.Freshness.Future
		if isJWT {
			past, future = j.MaxAge+j.Leeway, j.Leeway
		}
		for shift, want := range map[time.Duration]webhook.Cause{
			past + time.Hour: webhook.Stale, -future - time.Hour: webhook.Stale, past: webhook.Authentic, past + time.Second: webhook.Stale,
			-future: webhook.Authentic, -future - time.Second: webhook.Stale,
		} {
			if isJWT && j.Expires && shift > 0 && shift < time.Hour {
				continue // it says itself how long
			}
			later := c
			later.AcceptedAt = c.AcceptedAt.Add(shift)
			if got := p.Check(later, account); got != want {
				t.Errorf("%s: %s: %s after it was signed: %q, want %q", v.file, v.Name, shift, got, want)
			}
		}
		later := c
		later.AcceptedAt = time.Time{}
		refused(t, v, "at no time", p, later, account, webhook.Stale)
	})
	if times < 30 {
		t.Errorf("only %d calls have a time", times)
	}
}
