package declared

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// readme looks at the README.md beside the folder of the conversations, where there is one.
func (t Trial) readme(r stage.Reporter) {
	r.Helper()
	file := filepath.Join(filepath.Dir(filepath.Clean(t.Dir)), "README.md")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return
	}
	Readme(r, t.Description, file)
}

// Readme holds a README.md to what a network declares. With -update it writes the table of the account's fields.
func Readme(r stage.Reporter, d provider.Description, file string) {
	r.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		r.Errorf("%v", err)
		return
	}
	text := string(data)
	want := accountTable(d.Fields)
	switch before, table, after, ok := cutAccount(text); {
	case !ok:
		r.Errorf("%s has no heading ## Account", file)
	case table == want:
	case *stage.Update:
		if err := os.WriteFile(file, []byte(before+want+after), 0o644); err != nil {
			r.Errorf("%v", err)
		}
	default:
		r.Errorf("%s: the table under ## Account is not that of the account; -update writes it:\n%s", file, want)
	}
	for name, limit := range map[string]provider.Limit{
		"Text": d.Carries.Text, "Caption": d.Carries.Caption, "Buttons": d.Carries.Buttons, "ButtonText": d.Carries.ButtonText,
	} {
		if limit.Max > 0 && !mentions(text, limit.Max) {
			r.Errorf("%s does not name the limit Carries.%s: %s", file, name, grouped(limit.Max))
		}
	}
	pages := d.Cited()
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if !linked(text, string(pages[name])) {
			r.Errorf("%s does not link the page about %s: %s", file, name, pages[name])
		}
	}
}

// accountTable is the table of an account's fields, in Markdown.
func accountTable(fields []provider.Field) string {
	var b strings.Builder
	b.WriteString("| field | | what it is |\n| --- | --- | --- |\n")
	for _, f := range fields {
		kind := "optional"
		if f.Required {
			kind = "required"
		}
		if f.Secret {
			kind += ", secret"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, kind, strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(f.Doc))
	}
	return b.String()
}

// cutAccount cuts a README.md around the first table under the heading of the account, or below that heading where there is none.
func cutAccount(text string) (before, table, after string, ok bool) {
	const heading = "\n## Account\n"
	at := strings.Index(text, heading)
	if at < 0 {
		return "", "", "", false
	}
	section := text[at+1:]
	if next := strings.Index(section[1:], "\n## "); next >= 0 {
		section = section[:next+1]
	}
	start := strings.Index(section, "\n|")
	if start < 0 {
		at += len(heading)
		return text[:at] + "\n", "", text[at:], true
	}
	start += at + 2
	end := start
	for line := range strings.Lines(text[start:]) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		end += len(line)
	}
	return text[:start], text[start:end], text[end:], true
}

// mentions says whether a number stands in a text by itself.
func mentions(text string, number int) bool {
	return regexp.MustCompile(`(^|[^0-9,.])` + grouped(number) + `([^0-9,]|,[^0-9]|$)`).MatchString(text)
}

// grouped is a number with a comma before each three digits: 4,096.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// linked says whether a page is linked as it is, not only one that begins like it.
func linked(text, page string) bool {
	return strings.Contains(text, "("+page+")") || strings.Contains(text, "<"+page+">")
}
