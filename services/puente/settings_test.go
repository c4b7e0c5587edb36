package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEverySettingIsInTheTable: what the configuration file may hold stands in the table of services/puente/README.md, the settings
// of channels in the table behind it. A setting is what pkg/config asks a mapping of the file for.
func TestEverySettingIsInTheTable(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "\n## Configuration\n")
	table, _, found := strings.Cut(table, "\n## Change the configuration\n")
	if !found {
		t.Fatal("README.md has no chapter of settings")
	}
	asked, quoted := regexp.MustCompile(`\.Fields\(((?:\s*"\w+",?\s*)+)\)`), regexp.MustCompile(`"(\w+)"`)
	settings := 0
	err = filepath.WalkDir("../../pkg/config", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "yamlfile" || d.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, call := range asked.FindAllStringSubmatch(string(source), -1) {
			for _, m := range quoted.FindAllStringSubmatch(call[1], -1) {
				settings++
				if name := m[1]; !regexp.MustCompile("`(?:\\w+\\.)*"+name+"(?:\\.\\w+)*`").MatchString(table) && !strings.Contains(table, name+",") && !strings.Contains(table, name+"}") {
					t.Errorf("%s reads the setting %s, which README.md does not show", path, name)
				}
			}
		}
		return err
	})
	if err != nil || settings < 40 {
		t.Errorf("%d settings were found, %v", settings, err)
	}
}
