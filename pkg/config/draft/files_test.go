package draft

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/secret"
)

// secrets are the files of a channel's credentials that are there.
func secrets(t *testing.T, path, id string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(filepath.Dir(path), SecretFolder, id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// A process that ends in between leaves the file as it was, or changed as a whole; what it left behind is in nobody's way, and goes with
// the next change.
func TestAChangeThatBrokeOffIsDoneAgain(t *testing.T) {
	t.Parallel()
	e, path := filed(t, forms["blocks"])
	folder := filepath.Join(filepath.Dir(path), SecretFolder, "A")
	// credentials were written, and the list was not
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"account.token", "platform.api_token", "notes"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("left behind"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, value := range []string{"first-0123456789", "second-0123456789"} {
		c := looked(t, e, "A")
		c.Account["token"] = secret.Hide(value)
		if _, err := e.Change(c); err != nil {
			t.Fatal(err)
		}
		if s, err := e.Look("A"); err != nil || !strings.Contains(string(s.Account.Reveal()), value) {
			t.Errorf("%d: %v", i, err)
		}
		if names := secrets(t, path, "A"); len(names) != 2 || !slices.Contains(names, "notes") {
			t.Errorf("%d: there are %q", i, names)
		}
	}
}

// Where nothing can be written nothing is different, and nothing is left behind.
func TestAFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	e, path := filed(t, forms["blocks"])
	c := looked(t, e, "A")
	c.Account["token"] = secret.Hide("new-token-0123456789")
	// the folder of secrets is a file
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), SecretFolder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before := read1(t, path)
	if written, err := e.Change(c); err == nil || len(written) > 0 || read1(t, path) != before {
		t.Errorf("%v, %v", written, err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(path), SecretFolder)); err != nil {
		t.Fatal(err)
	}
	// a form in which it cannot be written
	e, path = filed(t, strings.Replace(forms["blocks"], "- id: A # here\n    network: toy", "- network: toy\n    id: \"\\x41\"", 1))
	c = looked(t, e, "A")
	c.Account["token"] = secret.Hide("new-token-0123456789")
	if _, err := e.Change(c); err != nil {
		t.Errorf("an id in another form: %v", err)
	}
	e, path = filed(t, strings.Replace(forms["blocks"], "id: B\n    network: toy\n    contact_id: custom", "locale: en\n    id: B\n    network: toy\n    contact_id: custom", 1))
	c = looked(t, e, "B")
	c.Account["token"], c.Locale = secret.Hide("new-token-0123456789"), "es"
	if _, err := e.Change(c); err != nil || len(secrets(t, path, "B")) != 1 {
		t.Errorf("a setting behind the dash: %v", err)
	}
}

// A channel that is taken out goes with the files of its secrets; the others and all comments stay. The last one stays.
func TestAChannelIsTakenOut(t *testing.T) {
	t.Parallel()
	for name, text := range forms {
		for _, id := range []string{"A", "B"} {
			e, path := filed(t, text)
			c := looked(t, e, id)
			c.APIToken = secret.Hide("new-0123456789abcdef")
			if _, err := e.Change(c); err != nil {
				t.Fatal(err)
			}
			c = looked(t, e, id)
			before := read1(t, path)
			written, err := e.Remove(id, c.Version)
			if name == "a list in brackets" {
				if !errors.Is(err, ErrForm) || read1(t, path) != before || len(secrets(t, path, id)) != 1 {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err != nil || !slices.Equal(written, []string{path}) || len(secrets(t, path, id)) > 0 {
				t.Errorf("%s, %s: %v, %v", name, id, written, err)
				continue
			}
			cfg, err := config.Load(path, toy)
			if err != nil || len(cfg.Channels) != 1 || cfg.Channels[0].ID == id {
				t.Errorf("%s, %s: %v\n%s", name, id, err, read1(t, path))
				continue
			}
			got := read1(t, path)
			for _, kept := range []string{"# mine", "# the shop", "# the other", "# about the log\nlog: {level: debug}"} {
				if strings.Contains(text, kept) && !strings.Contains(got, kept) {
					t.Errorf("%s, %s: no %q in\n%s", name, id, kept, got)
				}
			}
			last := looked(t, e, cfg.Channels[0].ID)
			if _, err := e.Remove(last.ID, last.Version); !errors.Is(err, ErrLast) {
				t.Errorf("the last: %v", err)
			}
		}
	}
}

// A file that is there because a person made it stays, and so does one that others use.
func TestFilesOfOthersStay(t *testing.T) {
	t.Parallel()
	e, path := filed(t, strings.NewReplacer(`"t0123456789abcdef"`, "file:secrets/A/account.token", "account: {token: u0123456789abcdef}", "account: {token: file:secrets/A/account.token}").Replace(forms["blocks"]))
	folder := filepath.Join(filepath.Dir(path), SecretFolder, "A")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "account.token"), []byte("shared-0123456789\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := looked(t, e, "A")
	c.Account["token"] = secret.Hide("own-0123456789abc")
	if _, err := e.Change(c); err != nil {
		t.Fatal(err)
	}
	if names := secrets(t, path, "A"); len(names) != 2 {
		t.Errorf("%q", names)
	}
	c = looked(t, e, "A")
	if _, err := e.Remove("A", c.Version); err != nil {
		t.Fatal(err)
	}
	if names := secrets(t, path, "A"); !slices.Equal(names, []string{"account.token"}) {
		t.Errorf("%q", names)
	}
}
