package draft

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// toy is a network whose account has a credential, a setting, and one that is an object.
var toy = []config.Network{{Name: "toy", Fields: []config.Field{{Name: "token", Secret: true, Required: true}, {Name: "sender"}, {Name: "template"}}, Check: func(account json.RawMessage) []error {
	var a struct {
		Token    string `json:"token"`
		Template any    `json:"template"`
	}
	if err := json.Unmarshal(account, &a); err != nil || a.Token == "" {
		return []error{errors.New("account.token: is required")}
	}
	if _, isText := a.Template.(string); isText {
		return []error{errors.New("account.template: must be an object")}
	}
	return nil
}}}

func typed() Channel {
	return Channel{ID: "new", Network: "toy", ContactID: "custom", WebhookURL: "https://okeybot.com/custom/webhook", APIToken: secret.Hide("P${x}:0123456789abc"), Account: map[string]secret.Text{
		"token": secret.Hide("file-like:${HOME}'\"#x"), "sender": secret.Hide("123"), "template": secret.Hide(`{"name":"hola","language":"es"}`),
	}}
}

// What is written is read back as it was typed, whatever it holds, and the text holds no secret.
func TestADraftIsReadBackAsItWasTyped(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "puente.yaml")
	if err := os.WriteFile(path, []byte("public_url: https://x.example\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	d := typed()
	if wrong := d.Mistakes(toy); len(wrong) > 0 {
		t.Fatalf("%v", wrong)
	}
	text, files := d.Text(toy)
	if len(files) != 2 || strings.Contains(text, "file-like") || strings.Contains(text, "0123456789") {
		t.Fatalf("%s\n%v", text, files)
	}
	written, err := Add(path, d, toy)
	if err != nil || len(written) != 3 || written[2] != path {
		t.Fatalf("%v, %v", written, err)
	}
	cfg, err := config.Load(path, toy)
	if err != nil || len(cfg.Channels) != 1 {
		t.Fatalf("%v", err)
	}
	c := cfg.Channels[0]
	if got := string(c.Account.Reveal()); c.ID != "new" || c.Platform.APIToken.Reveal() != d.APIToken.Reveal() || got != `{"sender":"123","template":{"language":"es","name":"hola"},"token":"file-like:${HOME}'\"#x"}` {
		t.Errorf("%s %q", got, c.Platform.APIToken.Reveal())
	}
	for i, want := range []os.FileMode{0o600, 0o600, 0o640} {
		if info, err := os.Stat(written[i]); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", written[i], info, err)
		}
	}
	if _, err := Add(path, d, toy); !errors.Is(err, ErrTaken) {
		t.Errorf("again: %v", err)
	}
}

func TestMistakesOfADraftNameTheirFields(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, m := range (Channel{ID: "a b", Network: "toy", ContactID: "fax", WebhookURL: "x", APIToken: secret.Hide("S3CRET S3CRET"), Account: map[string]secret.Text{"template": secret.Hide("x")}}).Mistakes(toy) {
		said[m.Path] = m.Message
		if strings.Contains(m.Message, "S3CRET") {
			t.Errorf("%v", m)
		}
	}
	for _, field := range []string{"id", "contact_id", "platform.webhook_url", "platform.api_token", "account.token"} {
		if said[field] == "" {
			t.Errorf("nothing of %s in %v", field, said)
		}
	}
	for name, d := range map[string]Channel{
		"network":       {ID: "a", Network: "none"},
		"account.token": {ID: "a", Network: "toy", ContactID: "custom", WebhookURL: "https://x.example", APIToken: secret.Hide("0123456789abcdef"), Account: map[string]secret.Text{"token": secret.Hide("file:/etc/passwd")}},
		"account":       {ID: "a", Network: "toy", ContactID: "custom", WebhookURL: "https://x.example", APIToken: secret.Hide("0123456789abcdef"), Account: map[string]secret.Text{"token": secret.Hide("t"), "more": secret.Hide("t")}},
	} {
		if wrong := d.Mistakes(toy); !slices.ContainsFunc(wrong, func(m yamlfile.Mistake) bool { return m.Path == name && !strings.Contains(m.Message, "root:") }) {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}

// Whatever form a file has, the rest of it stays as it is, to the byte.
func TestAChannelIsAddedToAFileAsItStands(t *testing.T) {
	t.Parallel()
	const one = "id: A\n  network: toy\n  contact_id: custom\n  platform: {webhook_url: \"https://x.example\", api_token: a0123456789abcdef}\n  account: {token: t0123456789abcdef}\n"
	deeper := strings.ReplaceAll(one, "\n  ", "\n      ")
	for name, test := range map[string]struct{ before, behind, further string }{
		"empty":                      {"", "", ""},
		"without the list":           {"# mine\npublic_url: https://x.example", "", ""},
		"an empty list":              {"channels:\n", "public_url: https://x.example\n", ""},
		"the list last":              {"channels:\n- " + one, "", ""},
		"indented":                   {"channels:\n    # the shop\n    - " + deeper, "", ""},
		"a key behind":               {"channels:\n- " + one, "\n# about the log\nlog: {level: debug}\n", ""},
		"a file of its own":          {"channels_file: further.yaml\n", "", "# the list\n- " + one},
		"one with the key":           {"channels_file: further.yaml\n", "", "channels:\n  - " + strings.ReplaceAll(one, "\n  ", "\n    ")},
		"a block of text at the end": {"channels:\n- " + strings.Replace(one, "api_token: a0123456789abcdef}", "api_token: a0123456789abcdef}\n  uncertain: |-\n    hold", 1), "log: {level: debug}\n", ""},
		"Windows' ends of lines":     {strings.ReplaceAll("channels:\n- "+one, "\n", "\r\n"), "log: {level: debug}\r\n", ""},
	} {
		folder := t.TempDir()
		path, list := filepath.Join(folder, "puente.yaml"), filepath.Join(folder, "puente.yaml")
		files := map[string]string{"puente.yaml": test.before + test.behind}
		if test.further != "" {
			files["further.yaml"], list = test.further, filepath.Join(folder, "further.yaml")
			test.before = test.further
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before, err := config.Load(path, toy)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := Add(path, typed(), toy); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		after, err := config.Load(path, toy)
		if err != nil || len(after.Channels) != len(before.Channels)+1 || after.Channels[len(before.Channels)].ID != "new" {
			t.Errorf("%s: %v", name, err)
		}
		got, err := os.ReadFile(list)
		if err != nil || !strings.HasPrefix(string(got), test.before) || !strings.HasSuffix(string(got), test.behind) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

// What cannot be added leaves nothing behind.
func TestWhatCannotBeAddedChangesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		d    Channel
		want func(error) bool
	}{
		"a list in brackets": {"channels: []\n", typed(), func(err error) bool { return errors.Is(err, ErrForm) }},
		"a file in brackets": {"{public_url: https://x.example}\n", typed(), func(err error) bool { return errors.Is(err, ErrForm) }},
		"the token of another": {"channels:\n- {id: A, network: toy, contact_id: custom, platform: {webhook_url: \"https://x.example\", api_token: \"" + strings.ReplaceAll(typed().APIToken.Reveal(), "${", "$${") + "\"}, account: {token: t}}\n", typed(), func(err error) bool {
			_, is := errors.AsType[yamlfile.Mistakes](err)
			return is
		}},
		"a mistake": {"public_url: https://x.example\n", Channel{ID: "x"}, func(err error) bool { _, is := errors.AsType[yamlfile.Mistakes](err); return is }},
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, "puente.yaml")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if written, err := Add(path, test.d, toy); !test.want(err) || len(written) > 0 {
			t.Errorf("%s: %v, %v", name, written, err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != test.text {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, "secrets", "*")); len(left) > 0 {
			t.Errorf("%s left %v", name, left)
		}
	}
}

func TestWhatMayBeWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "puente.yaml")
	if err := os.WriteFile(path, []byte("public_url: https://x.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Addable(path, toy); err != nil {
		t.Error(err)
	}
	if err := Addable(filepath.Join(folder, "none"), toy); err == nil {
		t.Error("a file that is not there")
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("%v", left)
	}
}
