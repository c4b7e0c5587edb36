package scan

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// Bounds of XML that something is looked for in: a few bytes of a tag cost the decoder hundreds.
const (
	maxNested = 64      // elements in each other
	maxMarkup = 4 << 10 // bytes of all tags, comments and instructions
)

// XML is the text of the only element under a path of names below the root; "" where there are none or several, where the
// body is no XML, and beyond the bounds above.
func XML(body []byte, path []string) string {
	if markup(body) > maxMarkup {
		return ""
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	var open []string
	var found strings.Builder
	times, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && roots == 1 && times == 1 {
			return found.String()
		}
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == 0 {
				roots++
			}
			if len(open) == maxNested {
				return ""
			}
			open = append(open, t.Name.Local)
			if slices.Equal(open[1:], path) {
				times++
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 && len(bytes.TrimSpace(t)) > 0 {
				return "" // no XML, and perhaps something else
			}
			if len(open) > 0 && slices.Equal(open[1:], path) {
				found.Write(t)
			}
		case xml.Directive:
			return ""
		}
	}
}

// markup is how many bytes of XML are no text. What is not closed is markup to its end.
func markup(body []byte) (n int) {
	for {
		at := bytes.IndexByte(body, '<')
		if at < 0 {
			return n
		}
		size, text := tag(body[at:])
		n += size - text
		body = body[at+size:]
	}
}

// tag is how long what begins with an angle bracket is, and how much of that is text.
func tag(body []byte) (size, text int) {
	for _, kind := range []struct {
		begin, end string
		text       bool
	}{{"<![CDATA[", "]]>", true}, {"<!--", "-->", false}, {"<?", "?>", false}} {
		rest, ok := bytes.CutPrefix(body, []byte(kind.begin))
		if !ok {
			continue
		}
		inside := bytes.Index(rest, []byte(kind.end))
		if inside < 0 {
			return len(body), 0
		}
		size = len(kind.begin) + inside + len(kind.end)
		if kind.text {
			text = inside
		}
		return size, text
	}
	quote := byte(0)
	for i, c := range body {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1, 0
		}
	}
	return len(body), 0
}
