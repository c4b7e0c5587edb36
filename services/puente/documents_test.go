package main_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// documents are the Markdown files of the repository, by their paths from its root.
func documents(t *testing.T) (root string, all map[string]string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]string{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".md":
			return nil
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return root, all
}

// Every link from one file of the repository to another leads to something, and every anchor to a heading.
func TestDocumentsLinkToWhatThereIs(t *testing.T) {
	root, all := documents(t)
	if all["README.md"] == "" {
		t.Fatal("no README.md was found")
	}
	for name, text := range all {
		for _, problem := range brokenLinks(root, name, text) {
			t.Error(problem)
		}
	}
}

// The test itself sees what is broken.
func TestBrokenLinksAreSeen(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "other.md"), []byte("# One `a-b` (Two)\n## Again\n## Again\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	text := "# Here it is: ¿qué?\n[a](other.md) [b](other.md#one-a-b-two) [c](#here-it-is-qué) [d](other.md#again-1) [e](https://example.com/x#y)\n" +
		"`[not](a-link)`\n```\n[nor](this)\n```\n"
	if got := brokenLinks(root, "here.md", text); len(got) > 0 {
		t.Error(got)
	}
	for _, link := range []string{"[x](missing.md)", "[x](other.md#none)", "[x](#none)", "[x](other.md#again-2)", "![x](picture.png)", "[x](folder/)"} {
		if got := brokenLinks(root, "here.md", text+link); len(got) != 1 {
			t.Errorf("%s: %q", link, got)
		}
	}
}

var (
	fenced     = regexp.MustCompile("(?ms)^[ \t]*(```|~~~).*?^[ \t]*(```|~~~)[ \t]*$")
	quotedCode = regexp.MustCompile("`[^`\n]*`")
	target     = regexp.MustCompile(`\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)`)
	heading    = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$`)
)

// brokenLinks are the relative links of a document that lead nowhere.
func brokenLinks(root, name, text string) (problems []string) {
	prose := quotedCode.ReplaceAllString(fenced.ReplaceAllString(text, ""), "")
	for _, m := range target.FindAllStringSubmatch(prose, -1) {
		u, err := url.Parse(m[1])
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: %s is no address", name, m[1]))
			continue
		}
		if u.Scheme != "" {
			continue
		}
		file, there := filepath.Join(root, filepath.FromSlash(name)), text
		if u.Path != "" {
			file = filepath.Join(filepath.Dir(file), filepath.FromSlash(u.Path))
			data, err := os.ReadFile(file)
			if info, missing := os.Stat(file); missing != nil || err != nil && !info.IsDir() {
				problems = append(problems, fmt.Sprintf("%s: there is no %s", name, m[1]))
				continue
			}
			there = string(data)
		}
		if u.Fragment != "" && !slices.Contains(anchors(there), u.Fragment) {
			problems = append(problems, fmt.Sprintf("%s: no heading has the anchor of %s", name, m[1]))
		}
	}
	return problems
}

// anchors are those that GitHub gives to the headings of a document.
func anchors(text string) (all []string) {
	times := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		slug := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			default:
				return -1
			}
		}, m[1])
		n := times[slug]
		times[slug]++
		if n > 0 {
			slug = fmt.Sprintf("%s-%d", slug, n)
		}
		all = append(all, slug)
	}
	return all
}

// Every network has a README.md; what stands in it the kit sees to.
func TestEveryNetworkHasAReadme(t *testing.T) {
	folders, err := filepath.Glob("../egress/*/cmd")
	if err != nil || len(folders) < 2 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(filepath.Dir(folder), "README.md")); err != nil {
			t.Error(err)
		}
	}
}
