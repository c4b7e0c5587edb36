package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWhatIsPromisedInsideIsTested: pkg/README.md names files and tests for each promise; they are there.
func TestWhatIsPromisedInsideIsTested(t *testing.T) {
	root, all := documents(t)
	text := all["pkg/README.md"]
	tests := map[string]bool{}
	for _, folder := range []string{"pkg", "services"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(data), -1) {
				tests[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	named := 0
	for _, m := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(text, -1) {
		if named++; !tests[m[1]] {
			t.Errorf("pkg/README.md names the test %s, which is not there", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`((?:pkg|services)/[\\w/]+\\.go)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("pkg/README.md names %s: %v", m[1], err)
		}
	}
	if named < 15 {
		t.Errorf("only %d tests are named", named)
	}
}
