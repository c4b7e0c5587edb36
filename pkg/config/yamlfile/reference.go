package yamlfile

import (
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

const filePrefix = "file:"

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// refers says whether a value holds a reference.
func refers(s string) bool { return strings.HasPrefix(s, filePrefix) || strings.Contains(s, "${") }

// resolve is a value with its references resolved; false where a mistake was reported.
func (p Place) resolve(s string) (string, bool) {
	path, isFile := strings.CutPrefix(s, filePrefix)
	expanded, ok := p.expand(path)
	if !ok || !isFile {
		return expanded, ok
	}
	if !filepath.IsAbs(expanded) {
		expanded = filepath.Join(p.source.Folder, expanded)
	}
	// the name is reported as it is written: what a variable stands for may be a secret
	p.Refers(expanded)
	data, err := p.source.Open(expanded)
	if err != nil {
		p.Wrong("file %s cannot be read: %v", path, err)
		return "", false
	}
	if !utf8.Valid(data) {
		p.Wrong("file %s must be text in UTF-8", path)
		return "", false
	}
	return strings.TrimRight(string(data), "\r\n"), true
}

// expand puts variables in.
func (p Place) expand(s string) (string, bool) {
	var b strings.Builder
	ok := true
	for s != "" {
		i := strings.Index(s, "${")
		if i < 0 {
			break
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		s = s[i:]
		name := variable.FindStringSubmatch(s)
		if name == nil {
			p.Wrong("a reference is ${NAME}, of letters, digits and _; $${ stands for ${ itself")
			return "", false
		}
		value, set := "", false
		if p.source.Env != nil {
			value, set = p.source.Env(name[1])
		}
		switch {
		case !set:
			p.Wrong("the variable %s is not set", name[1])
			ok = false
		case !utf8.ValidString(value):
			p.Wrong("the variable %s must be UTF-8", name[1])
			ok = false
		}
		b.WriteString(value)
		s = s[len(name[0]):]
	}
	b.WriteString(s)
	if !ok {
		return "", false
	}
	return b.String(), true
}
