package draft

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// filed is a file with text, and an editor of it.
func filed(t *testing.T, text string) (*Editor, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "puente.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return NewEditor(path, toy), path
}

// looked is a channel as it is, as the change that changes nothing.
func looked(t *testing.T, e *Editor, id string) Change {
	t.Helper()
	s, err := e.Look(id)
	if err != nil {
		t.Fatal(err)
	}
	c := Change{Version: s.Version, Channel: Channel{ID: id, Network: s.Network, ContactID: string(s.ContactID), WebhookURL: s.Platform.WebhookURL, Locale: string(s.Locale), Account: map[string]secret.Text{}}}
	for name, value := range s.AsTyped(toy) {
		c.Account[name] = secret.Hide(value)
	}
	return c
}

func read1(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// forms are ways in which a file may be written that say the same: two channels, A and B.
var forms = map[string]string{
	"blocks": `# mine
public_url: https://x.example
channels:
  # the shop
  - id: A # here
    network: toy
    contact_id: custom # as at the platform
    platform:
      webhook_url: https://x.example/a
      api_token: a0123456789abcdef # secret
    account:
      token: "t0123456789abcdef"
      sender: 'it''s'
      # the template
      template:
        name: hola
        language: es
  # the other
  - id: B
    network: toy
    contact_id: custom
    platform: {webhook_url: "https://x.example/b", api_token: b0123456789abcdef}
    account: {token: u0123456789abcdef}
# about the log
log: {level: debug}
`,
	"in brackets": `channels:
- {id: A, network: toy, contact_id: custom, platform: {webhook_url: "https://x.example/a", api_token: a0123456789abcdef}, account: { token: "t0123456789abcdef", sender: 'it''s', template: {name: hola, language: es} }}
- {id: B, network: toy, contact_id: custom, platform: {webhook_url: "https://x.example/b", api_token: b0123456789abcdef}, account: {token: u0123456789abcdef}}
`,
	"a list in brackets": `channels: [{id: A, network: toy, contact_id: custom, platform: {webhook_url: "https://x.example/a", api_token: a0123456789abcdef}, account: {token: "t0123456789abcdef", sender: 'it''s',
   template: {name: hola, language: es}}}, {id: B, network: toy, contact_id: custom, platform: {webhook_url: "https://x.example/b", api_token: b0123456789abcdef}, account: {token: u0123456789abcdef}}]
`,
	"over several lines": `channels:
-
  network: toy
  id: A
  account:
    template:
      name: hola
      language: es
    sender: |-
      it's
    token:
      t0123456789abcdef
  contact_id: custom
  platform:
    api_token: a0123456789abcdef
    webhook_url: "https://x.example/a"
- id: B
  network: toy
  contact_id: custom
  platform: {webhook_url: "https://x.example/b", api_token: b0123456789abcdef}
  account: {token: u0123456789abcdef}`,
}

// Whatever form a channel is written in, what changes is changed, and all else stays, to the byte.
func TestAChannelIsChangedAsItStands(t *testing.T) {
	t.Parallel()
	for name, text := range forms {
		for _, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
			e, path := filed(t, text)
			c := looked(t, e, "A")
			c.WebhookURL, c.Locale, c.APIToken = "https://y.example/ñ?a=${b}", "en", secret.Hide("n${x}ew:'\"#0123456789")
			c.Account["token"], c.Account["sender"], c.Account["template"] = secret.Hide("new-token-0123456789"), secret.Hide("true"), secret.Hide(`{"name":"adiós","language":"${x}"}`)
			written, err := e.Change(c)
			if err != nil || len(written) != 3 || written[2] != path {
				t.Errorf("%s: %v, %v", name, written, err)
				continue
			}
			s, err := e.Look("A")
			if err != nil || string(s.Locale) != "en" || s.Platform.APIToken.Reveal() != c.APIToken.Reveal() || !strings.HasPrefix(s.Platform.WebhookURL, "https://y.example/") || s.Version == c.Version {
				t.Errorf("%s: %v, %v", name, s, err)
			}
			if got := string(s.Account.Reveal()); got != `{"sender":"true","template":{"language":"${x}","name":"adiós"},"token":"new-token-0123456789"}` {
				t.Errorf("%s: %s", name, got)
			}
			got := read1(t, path)
			for _, kept := range []string{"# mine", "# the shop", "# here", "# as at the platform", "# secret", "# the other", "# about the log\r\nlog: {level: debug}", "u0123456789abcdef"} {
				if strings.Contains(text, kept) && !strings.Contains(got, kept) {
					t.Errorf("%s: no %q in\n%s", name, kept, got)
				}
			}
			if strings.Contains(got, "new-token") || strings.Contains(got, "n${x}ew") || strings.Contains(got, "t0123456789abcdef") || strings.Contains(got, "a0123456789abcdef") {
				t.Errorf("%s: a secret is in the file, or the old one:\n%s", name, got)
			}
			for _, file := range written[:2] {
				if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", file, info, err)
				}
			}
			// and what is taken out
			c = looked(t, e, "A")
			c.Account = map[string]secret.Text{}
			if _, err := e.Change(c); err != nil {
				t.Errorf("%s: taken out: %v\n%s", name, err, read1(t, path))
				continue
			}
			if s, err := e.Look("A"); err != nil || string(s.Account.Reveal()) != `{"token":"new-token-0123456789"}` {
				t.Errorf("%s: %s, %v", name, s.Account.Reveal(), err)
			}
		}
	}
}

// What a plan says that changes is what changes, and it tells no secret.
func TestAPlanSaysWhatChanges(t *testing.T) {
	t.Parallel()
	e, path := filed(t, forms["blocks"])
	before := read1(t, path)
	c := looked(t, e, "A")
	s, err := e.Look("A")
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Plan(c, toy); len(p.Mistakes)+len(p.Differences) > 0 || p.Text != "" {
		t.Errorf("of nothing: %v", p)
	}
	if written, err := e.Change(c); err != nil || written != nil || read1(t, path) != before {
		t.Errorf("nothing was changed: %v, %v", written, err)
	}
	if fields := s.Secrets(toy); !slices.Equal(fields, []string{"platform.api_token", "account.token"}) {
		t.Errorf("%q", fields)
	}
	c.Account["token"], c.Account["sender"], c.Locale = secret.Hide("S3CRET-0123456789"), secret.Hide(""), "en"
	p := s.Plan(c, toy)
	if want := []Difference{{Field: "locale", Before: "es", After: "en"}, {Field: "account.token", Secret: true}, {Field: "account.sender", Before: "it's"}}; !slices.Equal(p.Differences, want) {
		t.Errorf("%v", p.Differences)
	}
	if want := "- id: A\n  locale: en\n  account:\n    token: file:secrets/A/account.token\n"; p.Text != want || len(p.Files) != 1 || p.Files[0].Value.Reveal() != "S3CRET-0123456789" {
		t.Errorf("%s %v", p.Text, p.Files)
	}
	for field, spoil := range map[string]func(*Change){
		"account.token":        func(c *Change) { c.Without = []string{"token"} },
		"account.template":     func(c *Change) { c.Account["template"] = secret.Hide("x") },
		"account":              func(c *Change) { c.Account["more"] = secret.Hide("x") },
		"platform.webhook_url": func(c *Change) { c.WebhookURL = "" },
		"platform.api_token":   func(c *Change) { c.WebhookURL = "https://elsewhere.example" },
		"contact_id":           func(c *Change) { c.ContactID = "fax" },
		"locale":               func(c *Change) { c.Locale = "fr" },
	} {
		c := looked(t, e, "A")
		spoil(&c)
		if p := s.Plan(c, toy); !slices.ContainsFunc(p.Mistakes, func(m yamlfile.Mistake) bool { return m.Path == field }) {
			t.Errorf("%s: %v", field, p.Mistakes)
		}
		if written, err := e.Change(c); err == nil || len(written) > 0 || read1(t, path) != before {
			t.Errorf("%s: %v, %v", field, written, err)
		}
	}
}

// Who may change a channel and not see its credentials does not get them sent to an address of his own.
func TestCredentialsDoNotFollowAnAddress(t *testing.T) {
	t.Parallel()
	e, _ := filed(t, forms["blocks"])
	c := looked(t, e, "A")
	c.Account["sender"] = secret.Hide("https://mine.example")
	if _, err := e.Change(c); err == nil || !strings.Contains(err.Error(), "account.token: must be given again") {
		t.Errorf("%v", err)
	}
	c.Account["token"] = secret.Hide("new-token-0123456789")
	if _, err := e.Change(c); err != nil {
		t.Errorf("%v", err)
	}
	c = looked(t, e, "A")
	c.Account["sender"] = secret.Hide("") // back to where the network is by itself
	if _, err := e.Change(c); err == nil || !strings.Contains(err.Error(), "must be given again") {
		t.Errorf("%v", err)
	}
}

// Of two who change a channel the second is told; so is who comes after a new start.
func TestTheSecondIsToldThatItChanged(t *testing.T) {
	t.Parallel()
	e, path := filed(t, forms["blocks"])
	first, second := looked(t, e, "A"), looked(t, e, "A")
	first.Account["sender"], second.Locale = secret.Hide("x"), "en"
	if _, err := e.Change(first); err != nil {
		t.Fatal(err)
	}
	before := read1(t, path)
	for name, version := range map[string]string{"the second": second.Version, "none": ""} {
		second.Version = version
		if written, err := e.Change(second); !errors.Is(err, ErrChanged) || len(written) > 0 {
			t.Errorf("%s: %v, %v", name, written, err)
		}
		if _, err := e.Remove("A", version); !errors.Is(err, ErrChanged) {
			t.Errorf("%s removes: %v", name, err)
		}
	}
	now := looked(t, e, "A")
	if _, err := NewEditor(path, toy).Change(now); !errors.Is(err, ErrChanged) {
		t.Errorf("after a new start: %v", err)
	}
	if read1(t, path) != before {
		t.Error("the file is another")
	}
	b := looked(t, e, "B") // another channel's change is none of this one
	if now = looked(t, e, "A"); now.Version == b.Version {
		t.Error("two channels have one version")
	}
	b.Locale = "en"
	if _, err := e.Change(b); err != nil {
		t.Error(err)
	}
	now.Locale = "en"
	if _, err := e.Change(now); err != nil {
		t.Error(err)
	}
	now.ID = "nobody"
	if _, err := e.Change(now); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}
