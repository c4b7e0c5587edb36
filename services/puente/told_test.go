package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a document says that the program tells, the program tells: the reasons that a network's README.md explains, and the
// lines of the log that deploy/README.md does. "…" stands for anything.
func TestDocumentsExplainWhatTheProgramTells(t *testing.T) {
	root, all := documents(t)
	everything := sources(t, filepath.Join(root, "pkg"), filepath.Join(root, "services"))
	reasons, lines := 0, 0
	for name, text := range all {
		for _, said := range explained(text, "what you read") {
			if strings.Contains(said, "`") { // a command's output, or what is not a reason
				continue
			}
			reasons++
			if !told(everything, said) {
				t.Errorf("%s explains %q, which nothing says", name, said)
			}
		}
		for _, said := range explained(text, "`msg`") {
			lines++
			if !told(everything, strings.Trim(said, "`")) {
				t.Errorf("%s explains the log line %s, which nothing writes", name, said)
			}
		}
	}
	if reasons < 40 || lines < 10 {
		t.Errorf("only %d reasons and %d lines of the log were found", reasons, lines)
	}
	if told(everything, "no part of the program says this") {
		t.Error("anything is found")
	}
}

// explained are the first cells of a table with this heading, several in one cell apart.
func explained(text, heading string) (all []string) {
	in := false
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		switch first := strings.TrimPrefix(cells[0], "| "); {
		case !strings.HasPrefix(line, "|"):
			in = false
		case first == heading:
			in = true
		case in && first != "---":
			all = append(all, strings.FieldsFunc(strings.NewReplacer("; ", "\x00", "`, `", "`\x00`").Replace(first), func(r rune) bool { return r == 0 })...)
		}
	}
	return all
}

var (
	concatenated = regexp.MustCompile(`"\s*\+\s*"`)
	aside        = regexp.MustCompile(` \([^()\n]*\)`) // a code in a document, "(%d)" in a format
)

// told says whether a text stands in the program, whatever is in brackets.
func told(program, text string) bool {
	for part := range strings.SplitSeq(aside.ReplaceAllString(text, ""), "…") {
		if !strings.Contains(program, strings.TrimSpace(part)) {
			return false
		}
	}
	return true
}

// sources are the program's Go files below these folders, tests left out.
func sources(t *testing.T, folders ...string) string {
	t.Helper()
	var b strings.Builder
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			data, err := os.ReadFile(name)
			b.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := concatenated.ReplaceAllString(b.String(), "")
	return aside.ReplaceAllString(strings.ReplaceAll(text, `\"`, `"`), "")
}
