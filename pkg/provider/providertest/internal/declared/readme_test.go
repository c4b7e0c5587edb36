package declared

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

var described = provider.Description{
	Doc: "https://example.com/docs",
	Carries: provider.Carries{
		Text: provider.Limit{Max: 4096, Page: "https://example.com/docs/text"}, Buttons: provider.Limit{Max: 3, Page: "https://example.com/docs"},
	},
	Fields: []provider.Field{
		{Name: "token", Required: true, Secret: true, Doc: "The token."},
		{Name: "mode", Doc: "webhook | poll."},
	},
}

const goodReadme = `# Acme
See the [documentation](https://example.com/docs).

## Account

What stands under account:

| field | | what it is |
| --- | --- | --- |
| ` + "`token`" + ` | required, secret | The token. |
| ` + "`mode`" + ` | optional | webhook \| poll. |

## Limits

A [text](https://example.com/docs/text) has 4,096 characters, quick replies are 3.
`

func TestReadme(t *testing.T) {
	for _, test := range []struct {
		name     string
		old, new string
		want     string // "" for nothing
	}{
		{"all is there", "", "", ""},
		{"a field is missing", "| `mode` | optional | webhook \\| poll. |\n", "", "under ## Account"},
		{"a field is told otherwise", "The token.", "A token.", "under ## Account"},
		{"no section", "## Account", "## Set-up", "no heading ## Account"},
		{"the table is another section's", "## Limits", "## Limits\n\n| a |\n", ""},
		{"a limit is missing", "4,096", "24,096", "Carries.Text: 4,096"},
		{"a limit of another size", "are 3.", "are 30.", "Carries.Buttons: 3"},
		{"a page is missing", "(https://example.com/docs/text)", "(https://example.com/docs/texts)", "the page about Carries.Text.Page"},
		{"the documentation is missing", "(https://example.com/docs)", "", "the page about Doc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(goodReadme, test.old, test.new, 1)
			if test.old != "" && text == goodReadme {
				t.Fatalf("%q does not stand in it", test.old)
			}
			file := filepath.Join(t.TempDir(), "README.md")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			l := &listener{}
			Readme(l, described, file)
			heard := strings.Join(l.heard, "\n")
			if test.want == "" && heard != "" || !strings.Contains(heard, test.want) {
				t.Errorf("heard %q, want %q", heard, test.want)
			}
		})
	}
}

// With -update the table is written, and nothing else: over an older one, and where there is only the heading.
func TestReadmeIsWritten(t *testing.T) {
	before, table, after, ok := cutAccount(goodReadme)
	if !ok {
		t.Fatal("there is no table")
	}
	bare := strings.Replace(before, "\nWhat stands under account:\n\n", "", 1)
	defer func(was bool) { *stage.Update = was }(*stage.Update)
	*stage.Update = true
	for _, test := range []struct{ name, old, want string }{
		{"an older table", strings.Replace(goodReadme, "The token.", "An old word.", 1), goodReadme},
		{"the heading alone", bare + after, bare + "\n" + table + after},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "README.md")
			if err := os.WriteFile(file, []byte(test.old), 0o644); err != nil {
				t.Fatal(err)
			}
			l := &listener{}
			Readme(l, described, file)
			got, err := os.ReadFile(file)
			if err != nil || len(l.heard) > 0 {
				t.Fatal(err, l.heard)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// listener is a reporter that remembers.
type listener struct{ heard []string }

func (l *listener) Helper() {}

func (l *listener) Errorf(format string, args ...any) {
	l.heard = append(l.heard, fmt.Sprintf(format, args...))
}
