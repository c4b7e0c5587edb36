package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/bonychat/puente/"

// packages are all packages of the project, without its tests, with what they import directly.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`,
		module+"proto/...", module+"pkg/...", module+"services/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[strings.TrimPrefix(words[0], module)] = words[1:]
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages found", len(all))
	}
	return all
}

// deepImports are all packages of the project with all that they link, their own and foreign ones.
func deepImports(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{.Name}} {{join .Deps " "}}`, module+"pkg/...", module+"services/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[strings.TrimPrefix(words[0], module)] = words[1:]
	}
	return all
}

// TestWhatIsLinked keeps out of each program what it has no use for, whoever imports it on the way. A broker that is
// linked is a broker that can be attacked, and makes each service half as large again.
func TestWhatIsLinked(t *testing.T) {
	t.Parallel()
	links := func(deps []string, prefix string) bool {
		return slices.ContainsFunc(deps, func(d string) bool { return strings.HasPrefix(d, prefix) })
	}
	mains := 0
	for path, deps := range deepImports(t) {
		if deps[0] == "main" && serviceOf(path) != "puente" && serviceOf(path) != "" {
			mains++
			if links(deps, "github.com/nats-io/nats-server") {
				t.Errorf("%s links the NATS server", path)
			}
		}
		if links(deps, "github.com/nats-io/nats") && strings.HasPrefix(path, "pkg/") && slices.Contains(pure, path) {
			t.Errorf("%s links NATS", path)
		}
	}
	if mains < 8 {
		t.Errorf("only %d services were looked at", mains)
	}
}

// pure are packages that work without a broker: data, decisions and formats.
var pure = []string{
	"pkg/topology", "pkg/topology/rights", "pkg/lanes", "pkg/digest", "pkg/pause", "pkg/secret", "pkg/config", "pkg/config/broker", "pkg/config/draft", "pkg/config/operators", "pkg/config/yamlfile", "pkg/customchannel", "pkg/mediatype", "pkg/phonenumber", "pkg/webhook", "pkg/webhook/digest", "pkg/webhook/expr", "pkg/webhook/proof", "pkg/webhook/signed", "pkg/provider", "pkg/provider/content", "pkg/provider/download", "pkg/provider/httpclient", "pkg/provider/outcome", "pkg/provider/registration", "pkg/weburl", "pkg/telemetry", "pkg/telemetry/label", "pkg/telemetry/meter",
}

// serviceOf is the service that a package belongs to, "" for what is none.
func serviceOf(path string) string {
	rest, ok := strings.CutPrefix(path, "services/")
	if !ok {
		return ""
	}
	words := strings.Split(rest, "/")
	if words[0] == "egress" && len(words) > 1 {
		return "egress/" + words[1]
	}
	return words[0]
}

// TestDependencies keeps the directions that the design rests on.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for path, imports := range packages(t) {
		for _, imported := range imports {
			forbid := func(rule string, broken bool) {
				if broken {
					t.Errorf("%s imports %s: %s", path, imported, rule)
				}
			}
			in := func(folder string) bool { return below(folder, path) }
			forbid("only pkg/bus knows NATS", strings.HasPrefix(imported, "github.com/nats-io/") && !in("pkg/bus") && !in("pkg/nkey"))
			forbid("only pkg/telemetry knows the OpenTelemetry SDK",
				(strings.HasPrefix(imported, "go.opentelemetry.io/otel/sdk") || strings.HasPrefix(imported, "go.opentelemetry.io/otel/exporters")) && !in("pkg/telemetry"))
			forbid("only services/puente/allinone knows the command line", imported == "github.com/spf13/cobra" && !in("services/puente/allinone"))
			own, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			forbid("proto stands below pkg and services", in("proto") && !strings.HasPrefix(own, "proto/"))
			forbid("pkg stands below services", in("pkg") && strings.HasPrefix(own, "services/"))
			forbid("a network is asked about its account without a bridge", in("services/puente/setup") && own == "pkg/provider/runtime")
			from, to := serviceOf(path), serviceOf(own)
			forbid("no service imports another", to != "" && from != to && from != "puente")
		}
	}
}

// TestEveryClientSaysWhoCalls: what makes HTTP requests names the project and its version. Stand-ins, in packages whose
// name ends in test, are somebody else, as is the example of an app of one's own.
func TestEveryClientSaysWhoCalls(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasSuffix(d.Name(), "test") || d.Name() == "testdata" || d.Name() == "internal" || d.Name() == "ownapp") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		source := string(data)
		for _, short := range []string{"http.Get(", "http.Head(", "http.Post(", "http.PostForm(", "Client.Get(", "Client.Post("} {
			if strings.Contains(source, short) {
				t.Errorf("%s calls %s...), which names nobody: make a request", path, short)
			}
		}
		if strings.Contains(source, "http.NewRequest") {
			seen++
			if !strings.Contains(source, `.Set("User-Agent", version.UserAgent())`) {
				t.Errorf("%s makes a request without a User-Agent", path)
			}
		}
		return nil
	})
	if err != nil || seen < 5 {
		t.Errorf("%d files looked at, %v", seen, err)
	}
}

// TestOneWriterOfRecords: the rules of a message's records stand in pkg/record alone. Who builds the subject of one writes it.
func TestOneWriterOfRecords(t *testing.T) {
	t.Parallel()
	builder := regexp.MustCompile(`topology\.(Seen|State|Ref|Early|Mark|Open|Call)Subject\(`)
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || !builder.Match(data) {
			return err
		}
		if seen++; !strings.HasPrefix(filepath.ToSlash(path), "../../pkg/record/") {
			t.Errorf("%s builds the subject of a record of INDEX: pkg/record does", path)
		}
		return nil
	})
	if err != nil || seen < 5 {
		t.Errorf("%d files of pkg/record looked at, %v", seen, err)
	}
}

// TestTheClientOfNATSStaysInTheBus: [bus.Bus] hands its connection to the packages below pkg/bus. Anybody else who called
// for it could acknowledge, publish and purge past the rules of pkg/bus without importing the client.
func TestTheClientOfNATSStaysInTheBus(t *testing.T) {
	t.Parallel()
	call := regexp.MustCompile(`\.(JetStream|Conn|Link)\(\)`)
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || !call.Match(data) {
			return err
		}
		if seen++; !strings.HasPrefix(filepath.ToSlash(path), "../../pkg/bus/") {
			t.Errorf("%s calls for the client of NATS: only the packages below pkg/bus do", path)
		}
		return nil
	})
	if err != nil || seen < 5 {
		t.Errorf("%d files of pkg/bus looked at, %v", seen, err)
	}
}

// TestTopLevel keeps the repository's first page readable.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"services", "proto", "pkg", "deploy", "go.work", "go.work.sum", "buf.yaml", "Tiltfile", "README.md"}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}
