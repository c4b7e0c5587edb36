package check

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// buildFlags are those of the Dockerfile.
func buildFlags(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`go build ([^"\\]*?) *\\\n *-ldflags "([^"]*)"`).FindStringSubmatch(string(data))
	if m == nil {
		t.Fatal("deploy/Dockerfile has no go build with flags")
	}
	return append(strings.Fields(m[1]), "-ldflags", strings.NewReplacer("${RELEASE}", "1.4.0", "${COMMIT}", "0123456789ab").Replace(m[2]))
}

// TestProgramsOfAReleaseHaveTheFlagsOfTheImages: so that one can be compared with the other.
func TestProgramsOfAReleaseHaveTheFlagsOfTheImages(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(root + "/.ci/binaries")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.NewReplacer("$release", "1.4.0", "$commit", "0123456789ab", `"`, "", "\\\n", "").Replace(string(script))
	if flags := strings.Join(buildFlags(t), " "); !strings.Contains(strings.Join(strings.Fields(words), " "), "go build "+flags) {
		t.Errorf(".ci/binaries does not build with %s", flags)
	}
}

// TestAProgramBuiltTwiceIsTheSame: in another folder, with nothing in the cache, it compiles all that a program links once more.
func TestAProgramBuiltTwiceIsTheSame(t *testing.T) {
	if os.Getenv("PUENTE_REPRODUCIBLE") == "" {
		t.Skip("set PUENTE_REPRODUCIBLE=1 to compile a program anew, which takes minutes")
	}
	elsewhere := filepath.Join(t.TempDir(), "another", "folder")
	if err := os.MkdirAll(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"proto", "pkg", "services"} {
		if err := os.CopyFS(filepath.Join(elsewhere, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	work, err := os.ReadFile(root + "/go.work")
	if err == nil {
		err = os.WriteFile(filepath.Join(elsewhere, "go.work"), work, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	var built [][]byte
	for folder, env := range map[string][]string{root: nil, elsewhere: {"GOCACHE=" + t.TempDir()}} {
		out := filepath.Join(t.TempDir(), "program")
		c := exec.CommandContext(t.Context(), "go", append([]string{"build", "-o", out}, append(buildFlags(t), "./services/translator/cmd/translator")...)...)
		c.Dir = folder
		c.Env = append(append(os.Environ(), "GOFLAGS=", "GOWORK=", "CGO_ENABLED=0"), env...)
		if said, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		program, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		built = append(built, program)
	}
	if !bytes.Equal(built[0], built[1]) {
		t.Errorf("two builds of the same are not the same: %d and %d bytes", len(built[0]), len(built[1]))
	}
	if !bytes.Contains(built[0], []byte("1.4.0")) {
		t.Error("the program does not say which release it is")
	}
}
