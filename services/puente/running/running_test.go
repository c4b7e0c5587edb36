package running

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// announce has this process announced for a new data folder.
func announce(t *testing.T, b Bridge) *Announcement {
	t.Helper()
	b.Data, b.URL = t.TempDir(), "http://127.0.0.1:1"
	a, err := Announce(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Withdraw)
	return a
}

func TestABridgeIsFoundWhileItRuns(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if all := All(); len(all) != 0 {
		t.Fatal(all)
	}
	first, second := announce(t, Bridge{File: "puente.yaml"}), announce(t, Bridge{})
	all := All()
	if len(all) != 2 || all[0].Data != first.bridge.Data || all[1].Data != second.bridge.Data {
		t.Fatal(all)
	}
	b, err := At(first.bridge.Data)
	if err != nil || b.URL != "http://127.0.0.1:1" || !filepath.IsAbs(b.File) || b.PID != os.Getpid() || b.Number() != 0 {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := Announce(Bridge{Data: first.bridge.Data}); !errors.Is(err, ErrAnnounced) {
		t.Errorf("two for one folder: %v", err)
	}
	first.Withdraw()
	first.Withdraw()
	if _, err := At(first.bridge.Data); !errors.Is(err, ErrNotRunning) {
		t.Errorf("it has ended: %v", err)
	}
	if left, err := os.ReadDir(first.bridge.Data); len(left) != 1 || left[0].Name() != lockFile {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if all := All(); len(all) != 1 || all[0].Data != second.bridge.Data {
		t.Error(all)
	}
	if _, err := At(t.TempDir()); !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
}

// What a bridge left that was killed is not believed, and is cleared away.
func TestABridgeThatWasKilledIsNotFound(t *testing.T) {
	if data := os.Getenv("PUENTE_TEST_DATA"); data != "" {
		if _, err := Announce(Bridge{Data: data, URL: "http://127.0.0.1:1"}); err != nil {
			t.Fatal(err)
		}
		os.Exit(0) // without a word
	}
	folder, data := t.TempDir(), t.TempDir()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), "PUENTE_TEST_DATA="+data, "XDG_RUNTIME_DIR="+folder)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv("XDG_RUNTIME_DIR", folder)
	if _, err := os.Stat(filepath.Join(data, placeFile)); err != nil {
		t.Fatal(err)
	}
	if all := All(); len(all) != 0 {
		t.Error(all)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "puente", "*")); len(left) > 0 {
		t.Error(left)
	}
	a, err := Announce(Bridge{Data: data, URL: "http://127.0.0.1:2"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Withdraw()
	if b, err := At(data); err != nil || b.URL != "http://127.0.0.1:2" {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestWhatCameOfReadingTheFileAgain(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	a := announce(t, Bridge{})
	for _, r := range []Reading{{Mistakes: []string{"line 3"}}, {Added: []string{"A"}}} {
		if err := a.Reread(r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := At(a.bridge.Data)
	if err != nil || b.Number() != 2 || len(b.Read.Mistakes) != 0 || len(b.Read.Added) != 1 {
		t.Errorf("%+v, %v", b.Read, err)
	}
	var none *Announcement
	none.Withdraw()
	if err := none.Reread(Reading{}); err != nil {
		t.Error(err)
	}
}

func TestTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), TokenFile)
	for text, want := range map[string]string{"abc\n": "abc", "  abc  ": "abc", "": "", "a b": "", "a\nb": ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := (Bridge{Data: filepath.Dir(path)}).Token(); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if _, err := ReadToken(filepath.Dir(path)); err == nil {
		t.Error("a folder is no token")
	}
}

func TestURLOfAListener(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8081": "http://127.0.0.1:8081", "0.0.0.0:8081": "http://127.0.0.1:8081", "[::]:8081": "http://127.0.0.1:8081", "[::1]:1": "http://[::1]:1", "10.0.0.1:80": "http://10.0.0.1:80",
	} {
		a, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := URLOf(a); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
