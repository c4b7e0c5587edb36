package letter

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of a page.
const (
	maxText  = 1 << 20
	maxQuote = 10
)

// blocks begin and end on a line of their own; those that are true have an empty line before and behind.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Blockquote: true,
	atom.Ul: true, atom.Ol: true, atom.Pre: true, atom.Table: false, atom.Tr: false, atom.Div: false, atom.Li: false, atom.Section: false,
	atom.Article: false, atom.Header: false, atom.Footer: false, atom.Dl: false, atom.Dt: false, atom.Dd: false, atom.Center: false,
}

// silent hold nothing to read.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Noscript: false,
}

// page is a page as it becomes text.
type page struct {
	out   strings.Builder
	line  strings.Builder
	quote int
	gap   bool // an empty line belongs before the next
	space bool
	pre   int
	links []link
}

type link struct {
	address string
	from    int // where its words begin in the line
}

// FromHTML is a page as text: paragraphs, lists and links as in a plain mail, quotations behind ">".
func FromHTML(source string) string {
	var p page
	z := html.NewTokenizer(strings.NewReader(source))
	skip := 0
	for p.out.Len() < maxText {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			p.flush()
			return strings.Trim(p.out.String(), "\n")
		case html.TextToken:
			if skip == 0 {
				p.words(z.Token().Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch {
			case silent[t.DataAtom] && kind == html.StartTagToken:
				skip++
			case t.DataAtom == atom.Body:
				skip = 0
			case skip == 0:
				p.open(t)
			}
		case html.EndTagToken:
			t := z.Token()
			switch {
			case silent[t.DataAtom]:
				skip = max(0, skip-1)
			case skip == 0:
				p.close(t.DataAtom)
			}
		}
	}
	return strings.Trim(p.out.String(), "\n") + "\n[…]"
}

func (p *page) open(t html.Token) {
	wide, block := blocks[t.DataAtom]
	switch {
	case t.DataAtom == atom.Br:
		if strings.TrimSpace(p.line.String()) == "" {
			p.gap = true
		}
		p.flush()
	case t.DataAtom == atom.Hr:
		p.flush()
		p.words("----------")
		p.flush()
	case t.DataAtom == atom.Td, t.DataAtom == atom.Th:
		p.space = p.space || p.line.Len() > 0
	case t.DataAtom == atom.A:
		for _, a := range t.Attr {
			if a.Key == "href" {
				p.links = append(p.links[:min(len(p.links), 20)], link{strings.TrimSpace(a.Val), p.line.Len()})
				return
			}
		}
		p.links = append(p.links[:min(len(p.links), 20)], link{"", p.line.Len()})
	case block:
		p.flush()
		p.gap = p.gap || wide
		switch t.DataAtom {
		case atom.Blockquote:
			p.quote = min(p.quote+1, maxQuote)
		case atom.Li:
			p.line.WriteString("- ")
		case atom.Pre:
			p.pre++
		}
	}
}

func (p *page) close(a atom.Atom) {
	wide, block := blocks[a]
	switch {
	case a == atom.A:
		p.linked()
	case block:
		p.flush()
		p.gap = p.gap || wide
		switch a {
		case atom.Blockquote:
			p.quote = max(p.quote-1, 0)
		case atom.Pre:
			p.pre = max(p.pre-1, 0)
		}
	}
}

var webAddress = regexp.MustCompile(`^(?i)https?://[^\s<>]{1,900}$`)

// linked ends a link: its address stands behind its words, where these do not say it.
func (p *page) linked() {
	if len(p.links) == 0 {
		return
	}
	l := p.links[len(p.links)-1]
	p.links = p.links[:len(p.links)-1]
	if !webAddress.MatchString(l.address) {
		return
	}
	said := ""
	if l.from <= p.line.Len() {
		said = strings.TrimSpace(p.line.String()[l.from:])
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(l.address, "https://"), "http://"), "/")
	if said != "" && !strings.Contains(said, bare) { // a link without words is a picture
		p.words(" <" + l.address + ">")
	}
}

// words adds text to the line: each run of blanks is one.
func (p *page) words(text string) {
	if p.pre > 0 {
		for i, part := range strings.Split(text, "\n") {
			if i > 0 {
				p.out.WriteString(p.begin() + p.line.String() + "\n")
				p.line.Reset()
			}
			p.line.WriteString(strings.TrimRight(part, "\r"))
		}
		return
	}
	for i, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' }) {
		if (i > 0 || p.space || blank(text[0])) && p.line.Len() > 0 && !strings.HasSuffix(p.line.String(), " ") {
			p.line.WriteByte(' ')
		}
		p.space = false
		p.line.WriteString(word)
	}
	if text != "" && blank(text[len(text)-1]) {
		p.space = true
	}
}

func blank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// flush ends the line, where there is one.
func (p *page) flush() {
	p.space = false
	text := strings.TrimRight(p.line.String(), " ")
	p.line.Reset()
	if text == "" || text == "-" {
		return
	}
	p.out.WriteString(p.begin() + text + "\n")
}

// begin is what stands before a line: an empty one where that belongs there, and the marks of a quotation.
func (p *page) begin() string {
	marks := strings.TrimRight(strings.Repeat("> ", p.quote), "")
	if p.gap && p.out.Len() > 0 {
		p.gap = false
		return "\n" + marks
	}
	p.gap = false
	return marks
}
