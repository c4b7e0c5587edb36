package scaffold

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repositoryOf makes a repository with a module services that holds nothing but the list of networks, and builds with
// the packages of this one.
func repositoryOf(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	here, err := filepath.Abs("../..") // the real module services
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(string) string{
		"go.mod": func(text string) string {
			return strings.NewReplacer("=> ../", "=> "+filepath.Dir(here)+"/").Replace(text)
		},
		"go.sum":                    nil,
		"puente/builtin/builtin.go": nil,
	} {
		data, err := os.ReadFile(filepath.Join(here, name))
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			data = []byte(change(string(data)))
		}
		if err := write(filepath.Join(root, "services", name), data); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// What is written compiles, is formatted, passes the kit, and is in the all-in-one.
func TestANewNetworkPasses(t *testing.T) {
	t.Parallel()
	root := repositoryOf(t)
	services := filepath.Join(root, "services")
	w, err := New(Options{Name: "acme2", Around: root})
	if err != nil {
		t.Fatal(err)
	}
	if w.Folder != filepath.Join(services, "egress", "acme2") || w.Import != "github.com/bonychat/puente/services/egress/acme2" {
		t.Errorf("wrote %s as %s", w.Folder, w.Import)
	}
	if out, err := exec.Command("gofmt", "-l", root).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt: %v %s", err, out)
	}
	run(t, services, "vet", "./egress/...")
	run(t, services, "test", "./egress/...")

	// the rest of the all-in-one is this one's
	real, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	over := map[string]string{filepath.Join(real, "puente", "builtin", "builtin.go"): w.Registry}
	for _, f := range w.Files {
		over[filepath.Join(real, "egress", "acme2", f)] = filepath.Join(w.Folder, f)
	}
	data, err := json.Marshal(map[string]any{"Replace": over})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(root, "overlay.json")
	if err := os.WriteFile(overlay, data, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, real, "build", "-overlay", overlay, "./puente", "./egress/acme2") // two, so that nothing is linked or left
}

// Whoever begins reads all of it: it stays small.
func TestANewNetworkIsSmall(t *testing.T) {
	t.Parallel()
	files, err := render("acme", "example.com/acme")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, f := range files {
		if !strings.HasSuffix(f.name, ".go") || strings.HasSuffix(f.name, "_test.go") {
			continue
		}
		for line := range strings.Lines(string(f.data)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				lines++
			}
		}
	}
	if lines < 50 || lines > 150 {
		t.Errorf("%d lines of Go", lines)
	}
}

func TestANetworkOfAnotherModule(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := write(filepath.Join(root, "go.mod"), []byte("// ours\nmodule example.com/ours\n")); err != nil {
		t.Fatal(err)
	}
	w, err := New(Options{Name: "acme", Around: root, Dir: filepath.Join(root, "networks", "acme")})
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile(filepath.Join(w.Folder, "cmd", "egress-acme", "main.go"))
	if err != nil || !strings.Contains(string(main), `"example.com/ours/networks/acme"`) || w.Registry != "" {
		t.Errorf("%+v: %v\n%s", w, err, main)
	}
}

func TestWhatIsNotWritten(t *testing.T) {
	t.Parallel()
	root := repositoryOf(t)
	there := filepath.Join(root, "services", "egress", "there")
	if err := write(filepath.Join(there, "mine.txt"), []byte("mine")); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(root, "services", "puente", "builtin", "builtin.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Name: ""}, "a network needs a name"},
		{Options{Name: "Acme"}, "lower-case letters and digits"},
		{Options{Name: "acme-one"}, "lower-case letters and digits"},
		{Options{Name: "7acme"}, "a letter first"},
		{Options{Name: "../acme"}, "lower-case letters and digits"},
		{Options{Name: strings.Repeat("a", 21)}, "1 to 20"},
		{Options{Name: "func"}, "has a meaning in Go"},
		{Options{Name: "string"}, "has a meaning in Go"},
		{Options{Name: "internal"}, "has a meaning in Go"},
		{Options{Name: "provider"}, "has a meaning in Go"},
		{Options{Name: "slices"}, "uses it for slices"},
		{Options{Name: "drivers"}, "uses it for a variable"},
		{Options{Name: "phone", Taken: []string{"phone"}}, "there is a network phone"},
		{Options{Name: "there"}, "is there already"},
		{Options{Name: "acme", Around: "/"}, "the repository of Puente is not around the working folder"},
		{Options{Name: "acme", Dir: "/acme"}, "there is no go.mod around it"},
		{Options{Name: "acme", Dir: there}, "is there already"},
	} {
		if test.o.Around == "" {
			test.o.Around = root
		}
		if _, err := New(test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.o, err, test.want)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(there))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d folders: %v", len(entries), err)
	}
	if after, _ := os.ReadFile(filepath.Join(root, "services", "puente", "builtin", "builtin.go")); string(after) != string(before) {
		t.Error("the list of networks has changed")
	}
}

// What cannot be written to its end is taken back.
func TestAFailureLeavesNothing(t *testing.T) {
	t.Parallel()
	root := repositoryOf(t)
	registry := filepath.Join(root, "services", "puente", "builtin", "builtin.go")
	if err := os.Remove(registry); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Name: "acme", Around: root}); err == nil || !strings.Contains(err.Error(), "the list of networks") {
		t.Errorf("%v", err)
	}
	if err := os.MkdirAll(registry, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Name: "acme", Around: root}); err == nil {
		t.Error("written without its list")
	}
	if _, err := os.Stat(filepath.Join(root, "services", "egress", "acme")); err == nil {
		t.Error("the folder was left behind")
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	const path = services + "/egress/acme"
	for name, test := range map[string]struct{ before, after string }{
		"a list of several": {
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"a/services/zoo\"\n)\n\n// All.\nvar drivers = []provider.Driver{\n\tzoo.Network, // the first\n}\n\nfunc main() {}\n",
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"a/services/zoo\"\n\t\"" + path + "\"\n)\n\n// All.\nvar drivers = []provider.Driver{\n\tacme.Network,\n\tzoo.Network, // the first\n}\n\nfunc main() {}\n",
		},
		"a sorted end": {
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"a/services/zoo\"\n)\n\nvar drivers = []provider.Driver{\n\tzoo.Network,\n\taaa.Network,\n\tbbb.Network,\n}\n",
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"a/services/zoo\"\n\t\"" + path + "\"\n)\n\nvar drivers = []provider.Driver{\n\tzoo.Network,\n\taaa.Network,\n\tacme.Network,\n\tbbb.Network,\n}\n",
		},
		"behind all": {
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"a/services/aaa\"\n)\n\nvar drivers = []provider.Driver{\n\taaa.Network,\n}\n",
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"a/services/aaa\"\n\t\"" + path + "\"\n)\n\nvar drivers = []provider.Driver{\n\taaa.Network,\n\tacme.Network,\n}\n",
		},
		"an import alone": {
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"" + path + "\"\n)\n\nvar drivers = []provider.Driver{}\n",
			"package main\n\nimport (\n\t\"a/provider\"\n\t\"" + path + "\"\n)\n\nvar drivers = []provider.Driver{\n\tacme.Network,\n}\n",
		},
	} {
		got, err := register([]byte(test.before), "acme", path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name != "an import alone" && string(got) != test.after {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, test.after)
		}
		again, err := register(got, "acme", path)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s, again: %v\n%s", name, err, again)
		}
	}
	for source, want := range map[string]string{
		"package main":                "there is no variable drivers",
		"package":                     "the list of networks:",
		"package main\nvar drivers 7": "the list of networks:",
		"package main\nimport \"a\"\nvar drivers = []a.B{}\nfunc acme() {}": "uses it for a function",
	} {
		if _, err := register([]byte(source), "acme", path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", source, err)
		}
	}
}
