package trigger

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/services/puente/builtin"
)

// accounts are of each network that is built in.
var accounts = map[string]string{
	"telegram":  `{"token":"1:A","secret_token":"S3CRET-5"}`,
	"whatsapp":  `{"phone_number_id":"106540352242922","access_token":"a","app_secret":"S3CRET-5","verify_token":"v"}`,
	"line":      `{"channel_access_token":"a","channel_secret":"S3CRET-5"}`,
	"webhook":   `{"url":"https://app.example.com/","secret":"whsec_UzNDUkVULTZTM0NSRVQtNlMzQ1JFVC02"}`,
	"vk":        `{"group_id":"123456","token":"a","secret":"S3CRET-5","confirmation":"c"}`,
	"viber":     `{"auth_token":"S3CRET-5","name":"Puente"}`,
	"twilio":    `{"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":"S3CRET-5","from":"+34911000111"}`,
	"clicksend": `{"username":"u","api_key":"k","webhook_token":"S3CRET-5"}`,
	"matrix":    `{"homeserver":"https://m.example.org","as_token":"a","hs_token":"S3CRET-5","user_prefix":"soporte","server_name":"example.org"}`,
	"discord":   `{"token":"MTAw.a.S3CRET-5"}`,
	"email":     `{"address":"a@example.com","imap":"imaps://127.0.0.1:1","smtp":"smtps://127.0.0.1:1","password":"S3CRET-5"}`,
	"slack":     `{"token":"xoxb-a","signing_secret":"S3CRET-5"}`,
	"smpp":      `{"url":"smpp://127.0.0.1:1","system_id":"u","password":"S3CRET-5","source":"62626"}`,
	"xmpp":      `{"url":"xmpp://127.0.0.1:1","address":"soporte@bridge.example.org","secret":"S3CRET-5"}`,
	"sms":       `{"provider":"telnyx","key":"k","from":"+34911000111","secret":"S3CRET-5"}`,
	"teams":     `{"app_id":"c9e8c047-2a74-40a2-b28a-b162d5f5327c","client_secret":"S3CRET-5","tenant_id":"72f988bf-86f1-41af-91ab-2d7cd011db47"}`,
	"phone":     `{"url":"http://127.0.0.1:1","secret":"S3CRET-5"}`,
}

func channelOf(network, account string) config.Channel {
	return config.Channel{ID: "C", Network: network, Account: secret.Hide(json.RawMessage(account))}
}

var said = provider.Said{Text: "hola & adiós", Number: 1767323045000123, At: time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)}

// Every network that is built in makes up a call that a bridge takes, behind a proxy too.
func TestACallOfEachNetworkIsTaken(t *testing.T) {
	for _, d := range builtin.Networks() {
		about := d.Describe()
		t.Run(about.Name, func(t *testing.T) {
			account := accounts[about.Name]
			if account == "" {
				t.Fatal("there is no account of this network here")
			}
			secrets, err := expr.SecretsOf(json.RawMessage(account))
			if err != nil {
				t.Fatal(err)
			}
			const public = "https://bridge.example.com"
			if about.Webhook == nil || len(about.Webhook.KeySets()) > 0 { // it is listened to, and never calls; or only the vendor can sign
				if p, err := Text(t.Context(), Target{PublicURL: public, URL: public}, d, channelOf(about.Name, account), said); err == nil {
					t.Errorf("a call of a network that nobody can make one of: %+v", p)
				}
				return
			}
			path := "/webhooks/" + about.Name + "/C"
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				suffix, ours := strings.CutPrefix(r.URL.EscapedPath(), path)
				call := webhook.Call{
					Network: about.Name, Channel: "C", Method: r.Method, Suffix: suffix, Query: r.URL.RawQuery, Header: r.Header, Body: body,
					URL: public + r.URL.RequestURI(), AcceptedAt: said.At,
				}
				if cause := about.Webhook.Check(call, secrets); !ours || cause != webhook.Authentic {
					t.Errorf("%s: %s", r.URL.EscapedPath(), cause)
					w.WriteHeader(http.StatusUnauthorized)
				}
			}))
			defer s.Close()
			p, err := Text(t.Context(), Target{PublicURL: public, URL: s.URL}, d, channelOf(about.Name, account), said)
			if err != nil || p.Status != http.StatusOK || p.URL != s.URL+path {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}

func TestWhatIsNotPosted(t *testing.T) {
	telegram := channelOf("telegram", accounts["telegram"])
	d := builtin.Networks()[0]
	for name, test := range map[string]struct {
		to      Target
		channel config.Channel
		want    error
		says    string
	}{
		"not this machine":        {Target{PublicURL: "https://bridge.example.com"}, telegram, ErrElsewhere, "https://bridge.example.com: "},
		"not this machine either": {Target{PublicURL: "http://127.0.0.1", URL: "http://127.0.0.1.example.com"}, telegram, ErrElsewhere, ""},
		"a channel that polls":    {Target{PublicURL: "http://127.0.0.1:1"}, channelOf("telegram", `{"token":"1:A","mode":"poll"}`), ErrNotMade, "is listened to"},
		"a contact that is none":  {Target{PublicURL: "http://127.0.0.1:1"}, telegram, ErrNotMade, ""},
	} {
		s := said
		if name == "a contact that is none" {
			s.Contact = "ana"
		}
		_, err := Text(t.Context(), test.to, d, test.channel, s)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Text(t.Context(), Target{PublicURL: "http://127.0.0.1:1"}, d, telegram, said)
	if err == nil || strings.Contains(err.Error(), "S3CRET") {
		t.Errorf("nobody listens: %v", err)
	}
}

// An error of a connection would quote the address, and with it a credential of the query.
func TestNoCredentialIsTold(t *testing.T) {
	for _, d := range builtin.Networks() {
		name := d.Describe().Name
		_, err := Text(t.Context(), Target{PublicURL: "http://127.0.0.1:1"}, d, channelOf(name, accounts[name]), said)
		if err == nil || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
