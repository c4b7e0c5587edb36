package broker_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/certtest"
	"github.com/bonychat/puente/pkg/config/broker"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/nkey"
)

// accessFiles are a folder with what a service shows to NATS.
func accessFiles(t *testing.T) (folder string, files map[string]string) {
	t.Helper()
	a := certtest.New(t)
	seed, err := nkey.New()
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{"seed": seed, "ca": a.PEM}
	files["cert"], files["key"] = a.Issue("ingress")
	_, files["other"] = a.Issue("other")
	folder = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder, files
}

// read reads these settings from a file of the folder. The error has all mistakes.
func read(t *testing.T, folder, settings string) (broker.NATS, error) {
	t.Helper()
	source := yamlfile.Source{Name: "puente.yaml", Folder: folder, Env: os.LookupEnv, Open: yamlfile.ReadReferred}
	root, ok := source.Read([]byte("nats: " + settings))
	if !ok {
		t.Fatal(root.Mistakes())
	}
	fields, _ := root.Fields("nats")
	n := broker.Parse(fields["nats"])
	if mistakes := root.Mistakes(); len(mistakes) > 0 {
		return n, mistakes
	}
	return n, nil
}

func TestAccessToNATSIsRead(t *testing.T) {
	folder, files := accessFiles(t)
	t.Setenv("PUENTE_TEST_SERVICE", "seed")
	n, err := read(t, folder, `{url: "tls://a", nkey: "file:${PUENTE_TEST_SERVICE}", ca: file:ca, cert: file:cert, key: file:key, inbox: $X._IN, api_prefix: hub.api}`)
	if err != nil {
		t.Fatal(err)
	}
	if n.NKey.Reveal() != files["seed"] || n.CA != strings.TrimSpace(files["ca"]) || n.Certificate != strings.TrimSpace(files["cert"]) ||
		n.Key.Reveal() != strings.TrimSpace(files["key"]) || n.Inbox != "$X._IN" || n.APIPrefix != "hub.api" {
		t.Errorf("%+v", n)
	}
	data, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "nats", n, "all", struct{ NATS broker.NATS }{n})
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v", n, n, n), string(data), logged.String()} {
		if strings.Contains(shown, files["seed"]) || strings.Contains(shown, "PRIVATE") {
			t.Errorf("a secret is shown: %s", shown)
		}
	}
}

func TestAccessToNATSThatIsNone(t *testing.T) {
	folder, files := accessFiles(t)
	t.Setenv("S3CRET", "S3CRET")
	for _, tc := range []struct{ name, text, want string }{
		{"nkey of the embedded server", "{nkey: file:seed}", "nats.nkey: goes with nats.url"},
		{"inbox of the embedded server", "{inbox: a}", "nats.inbox: goes with nats.url"},
		{"no seed", "{url: 'nats://a', nkey: SUS3CRET}", "nats.nkey: must be the seed of a NATS user: SU and 56 of"},
		{"an nkey and credentials", "{url: 'nats://a', nkey: file:seed, credentials: x}", "nats.nkey: excludes nats.credentials"},
		{"an nkey that is not there", "{url: 'nats://a', nkey: file:none}", "nats.nkey: file none cannot be read"},
		{"no ca", "{url: 'nats://a', ca: S3CRET}", "nats.ca: must be certificates in PEM"},
		{"a key as ca", "{url: 'nats://a', ca: file:key}", "nats.ca: must be certificates in PEM"},
		{"no cert", "{url: 'nats://a', cert: S3CRET, key: file:key}", "nats.cert: must be certificates in PEM"},
		{"a cert without a key", "{url: 'nats://a', cert: file:cert}", "nats.cert: needs nats.key"},
		{"a key without a cert", "{url: 'nats://a', key: file:key}", "nats.key: goes with nats.cert"},
		{"another's key", "{url: 'nats://a', cert: file:cert, key: file:other}", "nats.key: must be the private key of nats.cert"},
		{"no key", "{url: 'nats://a', cert: file:cert, key: S3CRET}", "nats.key: must be the private key of nats.cert"},
		{"inbox for all", "{url: 'nats://a', inbox: '>'}", "nats.inbox: must be 1 to 64 of"},
		{"inbox with a dot at its end", "{url: 'nats://a', inbox: 'a.'}", "nats.inbox: must be 1 to 64 of"},
		{"long inbox", "{url: 'nats://a', inbox: " + strings.Repeat("a", 65) + "}", "nats.inbox: must be 1 to 64 of"},
		{"prefix with a space", "{url: 'nats://a', api_prefix: 'a b'}", "nats.api_prefix: must be 1 to 64 of"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := read(t, folder, tc.text)
			if err == nil || !strings.Contains(err.Error(), "puente.yaml:1: "+tc.want) {
				t.Fatalf("%v\nnot %s", err, tc.want)
			}
			if strings.Count(err.Error(), "puente.yaml:") != 1 {
				t.Errorf("more than one mistake: %v", err)
			}
			if strings.Contains(err.Error(), "S3CRET") || strings.Contains(err.Error(), files["seed"]) {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}
