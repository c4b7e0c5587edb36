package yamlfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Read reads the YAML of the file; false where a mistake was reported. Where the file is empty the place has no value. One
// document is read, without aliases and tags, up to [MaxSize].
func (s Source) Read(data []byte) (Place, bool) {
	root := Place{File: &File{source: s}, Line: 1}
	if len(data) > MaxSize {
		root.Wrong("is larger than %d bytes", MaxSize)
		return root, false
	}
	if line, message := garbage(data); message != "" {
		root.Line = line
		root.Wrong("%s", message)
		return root, false
	}
	if json.Valid(data) {
		data = unescape(data)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	node, err := decode(d)
	if errors.Is(err, io.EOF) {
		return root, true
	}
	if err == nil {
		var second *yaml.Node
		if second, err = decode(d); err == nil {
			root.Line = second.Line
			root.Wrong("the file is one document: nothing may follow ---")
			return root, false
		}
	}
	if !errors.Is(err, io.EOF) {
		var message string
		root.Line, message = explain(data, err)
		root.Wrong("%s", message)
		return root, false
	}
	if len(node.Content) > 0 {
		root = root.put(node.Content[0])
	}
	return root, true
}

// decode reads a document without expanding anything: what an alias stands for is never looked at.
func decode(d *yaml.Decoder) (node *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics on comments in places that it did not think of
			err = errors.New("cannot be read as YAML")
		}
	}()
	node = &yaml.Node{}
	return node, d.Decode(node)
}

// garbage finds what is no text, which the library reports without a line.
func garbage(data []byte) (line int, message string) {
	line = 1
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return line, "the file must be UTF-8"
		case r == '\n':
			line++
		case r == '\t', r == '\r', r == 0x85, r == 0xfeff && i == 0:
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfeff, r == 0xfffe, r == 0xffff:
			return line, "control characters are not allowed"
		}
		i += n
	}
	return 0, ""
}

// unescape writes those escapes of JSON that YAML does not know as what they stand for.
func unescape(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			out = append(out, data[i])
			continue
		}
		switch data[i+1] {
		case '/':
			out = append(out, '/')
			i++
		case 'u':
			if i+12 <= len(data) && data[i+6] == '\\' && data[i+7] == 'u' {
				if r := utf16.DecodeRune(hex(data[i+2:i+6]), hex(data[i+8:i+12])); r != utf8.RuneError {
					out = fmt.Appendf(out, `\U%08X`, r)
					i += 11
					continue
				}
			}
			fallthrough
		default:
			out = append(out, data[i], data[i+1])
			i++
		}
	}
	return out
}

func hex(digits []byte) rune {
	n, _ := strconv.ParseUint(string(digits), 16, 16)
	return rune(n)
}

var (
	located = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)
	anchor  = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// late are the messages that the library gives with the line before.
var late = []string{
	"did not find expected ',' or '}'", "did not find expected ',' or ']'", "did not find expected key",
	"did not find expected '-' indicator", "did not find expected node content",
	"did not find expected <document start>", "found undefined tag handle", "found duplicate %TAG directive",
	"found duplicate %YAML directive", "found incompatible YAML document",
}

// explain is what the library says, with the right line and without what it quotes.
func explain(data []byte, err error) (line int, message string) {
	parts := located.FindStringSubmatch(err.Error())
	if parts == nil {
		return 1, "cannot be read as YAML"
	}
	line, message = 1, parts[2]
	if n, err := strconv.Atoi(parts[1]); err == nil {
		line = n
		if slices.Contains(late, message) {
			line++
		}
	}
	if name := anchor.FindStringSubmatch(message); name != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+name[1]))
		return 1 + bytes.Count(before, []byte("\n")), noAlias
	}
	if strings.HasPrefix(message, "did not find expected ','") {
		lines := bytes.Split(data, []byte("\n"))
		if line <= len(lines) && bytes.Contains(lines[line-1], []byte("${")) {
			message += "; inside { } and [ ] a value with ${NAME} stands in quotes"
		}
	}
	return line, message
}
