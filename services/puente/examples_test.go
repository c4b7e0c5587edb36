package main_test

import (
	"encoding/base64"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/builtin"
	"github.com/bonychat/puente/services/puente/catalogue"
	"github.com/bonychat/puente/services/puente/networks"
)

var (
	yamlBlock = regexp.MustCompile("(?ms)^([ \t]*)```yaml\n(.*?)^[ \t]*```$")
	reference = regexp.MustCompile(`"file:([^"]+)"`)
)

// Whoever copies a configuration out of a document has one that is right.
func TestDocumentsShowConfigurationsThatAreRight(t *testing.T) {
	_, all := documents(t)
	shown := 0
	for name, text := range all {
		for _, m := range yamlBlock.FindAllStringSubmatch(text, -1) {
			text, ok := whole(name, outdent(m[2], m[1]))
			if !ok {
				continue
			}
			shown++
			if err := right(t, text); err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
			}
		}
	}
	if shown < 12 {
		t.Errorf("only %d configurations were found", shown)
	}
}

// Whoever begins with what "puente init" writes has a file that is right once its values are set.
func TestWhatInitWritesIsRight(t *testing.T) {
	for _, d := range builtin.Networks() {
		text := catalogue.Begin(d)
		if err := right(t, text); err != nil && !onlyForms(err) {
			t.Errorf("%s: %v\n%s", d.Describe().Name, err, text)
		}
		for _, f := range d.Describe().Fields {
			if !strings.Contains(text, "      "+f.Name+": ") && !strings.Contains(text, "      # "+f.Name+":\n") {
				t.Errorf("%s: %s is not in\n%s", d.Describe().Name, f.Name, text)
			}
		}
	}
}

// onlyForms says that a file is wrong only in values that are put in, whose form a network prescribes.
func onlyForms(err error) bool {
	for line := range strings.Lines(err.Error()) {
		if !strings.Contains(line, ".account.") || strings.Contains(line, "required") || strings.Contains(line, "missing") || strings.Contains(line, "unknown") {
			return false
		}
	}
	return true
}

// right says what is wrong with a configuration, its credentials put in.
func right(t *testing.T, text string) error {
	t.Helper()
	folder := t.TempDir()
	for i, m := range reference.FindAllStringSubmatch(text, -1) {
		file := filepath.Join(folder, m[1])
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(credential(string(rune('A'+i)))+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := networks.New(builtin.Networks()...)
	if err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) { return credential(name), true }
	_, err = config.Parse(filepath.Join(folder, "puente.yaml"), []byte(text), env, set.Known()...)
	return err
}

// credential is a different one for each name.
func credential(name string) string {
	if strings.HasSuffix(name, "_SID") {
		return "AC0123456789abcdef0123456789abcdef"
	}
	if strings.HasSuffix(name, "_SIGNING_SECRET") { // of Standard Webhooks
		return "whsec_" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef_"+name))
	}
	return "0123456789abcdef_" + name
}

// whole is an example as a whole file; false where it is part of something else. A channel, or the account of one, is
// put into what it belongs to: the network is that of the document's folder.
func whole(document, text string) (string, bool) {
	const channel = "- id: k7m2q9x4t8w1zb\n  contact_id: custom\n  platform: {webhook_url: https://okeybot.com/custom/webhook, api_token: \"${TOKEN}\"}\n"
	switch {
	case strings.HasPrefix(text, "account:"):
		text = channel + "  network: " + path.Base(path.Dir(document)) + "\n  " + text
		fallthrough
	case strings.HasPrefix(text, "- id:") && strings.Contains(text, "\n  account:"):
		return "channels:\n" + text, true
	default:
		return text, strings.Contains(text, "public_url:") || strings.HasPrefix(text, "channels:")
	}
}

// outdent takes the indentation of a list's item off a block.
func outdent(text, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return b.String()
}

// The test itself sees a mistake.
func TestAWrongConfigurationIsSeen(t *testing.T) {
	text, ok := whole("services/egress/telegram/README.md", "account: {token: \"${A}\", mode: pull}\n")
	if err := right(t, text); !ok || err == nil || !strings.Contains(err.Error(), "mode: must be webhook or poll") {
		t.Errorf("%v, %t: %v", text, ok, err)
	}
}
