package webhook_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// example is a policy that judges vectors, by file or by "file/variant".
type example struct {
	policy webhook.Policy
	secret string            // the field that a vector's secret is for
	also   map[string]string // the account's other fields
	at     int64             // the time of vectors that have none
}

var examples = map[string]example{
	"bird":                      {policy: bird, secret: "signing_key"},
	"discord":                   {policy: discord, secret: "public_key"},
	"email_mailgun":             {policy: mailgun, secret: "signing_key"},
	"email_sendgrid":            {policy: sendGrid, secret: "verification_key"},
	"generic_standard_webhooks": {policy: standard, secret: "secret"},
	"line":                      {policy: line, secret: "channel_secret"},
	"matrix_appservice":         {policy: matrix, secret: "hs_token"},
	"messagebird":               {policy: messageBird, secret: "signing_key"},
	"messagebird_legacy":        {policy: messageBirdLegacy, secret: "signing_key"},
	"meta":                      {policy: meta, secret: "app_secret", also: map[string]string{"verify_token": "v"}},
	"slack":                     {policy: slack, secret: "signing_secret"},
	"telegram":                  {policy: telegram, secret: "secret_token"},
	"twilio":                    {policy: twilio, secret: "auth_token"},
	"viber":                     {policy: viber, secret: "auth_token"},
	"vonage/jwt":                {policy: vonageUnbound(), secret: "signature_secret", also: map[string]string{"api_key": "a1b2c3d"}, at: 1587494962},
	"vonage/md5hash":            {policy: vonageSMS(vonageHash), secret: "signature_secret", at: 1385047698},
	"vonage/md5":                {policy: vonageSMS(vonageHMAC(digest.MD5)), secret: "signature_secret", at: 1385047698},
	"vonage/sha1":               {policy: vonageSMS(vonageHMAC(digest.SHA1)), secret: "signature_secret", at: 1385047698},
	"vonage/sha256":             {policy: vonageSMS(vonageHMAC(digest.SHA256)), secret: "signature_secret", at: 1385047698},
	"vonage/sha512":             {policy: vonageSMS(vonageHMAC(digest.SHA512)), secret: "signature_secret", at: 1385047698},
	"wechat/plain":              {policy: weChat, secret: "token"},
	"wechat/safe":               {policy: weChatSafe, secret: "token"},
	"wechat/echo":               {policy: weChatSafe, secret: "token"},
	"zalo":                      {policy: zalo, secret: "oa_secret", also: map[string]string{"app_id": "360846524940903967"}},
}

// vonageUnbound looks at the token alone: the vectors come without the body that theirs is about.
func vonageUnbound() webhook.Policy {
	p, j := vonage, vonage.Verify.(proof.JWT)
	j.BodyHash = ""
	p.Verify = j
	return p
}

// vector is a call and whether it is genuine.
type vector struct {
	Name    string            `json:"name"`
	Variant string            `json:"variant"`
	Signed  string            `json:"signature_method"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Secret  string            `json:"secret"`
	Now     int64             `json:"now"`
	Valid   bool              `json:"expected_valid"`
	file    string
}

func vectors(t testing.TB) (all []vector) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Vectors []vector }
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range file.Vectors {
			v.file = strings.TrimSuffix(filepath.Base(name), ".json")
			all = append(all, v)
		}
	}
	return all
}

func (v vector) example(t testing.TB) example {
	t.Helper()
	for _, key := range []string{v.file, v.file + "/" + v.Signed, v.file + "/" + v.Variant} {
		if e, ok := examples[key]; ok {
			return e
		}
	}
	t.Fatalf("%s: %s: no policy", v.file, v.Name)
	return example{}
}

func (v vector) call(t testing.TB) webhook.Call {
	t.Helper()
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	now := v.Now
	if now == 0 {
		now = v.example(t).at
	}
	c := webhook.Call{
		Network: "toy", Channel: "A", Method: v.Method, URL: v.URL, Query: u.RawQuery, Header: http.Header{}, Body: []byte(v.Body),
		AcceptedAt: time.Unix(now, 0),
	}
	if _, after, ok := strings.Cut(u.EscapedPath(), "/_matrix/"); ok {
		c.Suffix = "/_matrix/" + after
	}
	for name, value := range v.Headers {
		c.Header.Set(name, value)
	}
	return c
}

func (v vector) account(t testing.TB) webhook.Secrets {
	t.Helper()
	e := v.example(t)
	s := webhook.Secrets{e.secret: {v.Secret}}
	for field, value := range e.also {
		s[field] = []string{value}
	}
	return s
}

// travelled is the policy after its way through JSON.
func travelled(t testing.TB, p webhook.Policy) webhook.Policy {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var got webhook.Policy
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return got
}

func TestEveryVectorIsJudgedRight(t *testing.T) {
	t.Parallel()
	genuine, forged := 0, 0
	for _, v := range vectors(t) {
		t.Run(v.file+"/"+v.Name, func(t *testing.T) {
			e, c := v.example(t), v.call(t)
			for way, p := range map[string]webhook.Policy{"declared": e.policy, "travelled": travelled(t, e.policy)} {
				if got := p.Check(c, v.account(t)); (got == webhook.Authentic) != v.Valid {
					t.Errorf("%s: %q, want valid %t", way, got, v.Valid)
				}
				if got := p.Check(c, sealed(t, p, v.account(t))); (got == webhook.Authentic) != v.Valid {
					t.Errorf("%s, sealed: %q, want valid %t", way, got, v.Valid)
				}
			}
		})
		if v.Valid {
			genuine++
		} else {
			forged++
		}
	}
	if genuine < 60 || forged < 40 {
		t.Errorf("only %d genuine and %d forged", genuine, forged)
	}
}
