// Package stanza reads and writes the XML of XMPP (RFC 6120, 11): elements without comments, processing instructions,
// doctypes and entities of one's own, within bounds of size and depth.
//
// What a stanza means is not its job.
package stanza

import (
	"cmp"
	"encoding/xml"
	"strings"
)

// Content is the namespace of stanzas and of what they consist of: the stream's own. It is "" in an [Element], however it is
// spelt on the wire: a component's stream has another name for it than a client's.
const Content = ""

// Streams is the namespace of a stream's header and of its errors.
const Streams = "http://etherx.jabber.org/streams"

// component is what the stream's own namespace is called on the wire: https://xmpp.org/extensions/xep-0114.html
const component = "jabber:component:accept"

// own are the names of [Content] on the wire.
var own = map[string]bool{component: true, "jabber:client": true, "jabber:server": true}

// Element is an element with all that it holds. It is not changed once others have it.
type Element struct {
	// Space is its namespace, Name its local name.
	Space, Name string
	// Attrs are its attributes without a namespace, and "xml:lang".
	Attrs map[string]string
	// Text is what stands in it beside its children, all pieces joined.
	Text string
	// Children are the elements in it, in order.
	Children []*Element
	// Cut says that something in it is left out, since it lies deeper than [MaxDepth].
	Cut bool

	order []string // of attributes, as they are written
}

// New makes an element with attributes, each a name and a value; one whose value is "" is left out.
func New(space, name string, attrs ...string) *Element {
	e := &Element{Space: space, Name: name, Attrs: map[string]string{}}
	for i := 0; i+1 < len(attrs); i += 2 {
		e.set(attrs[i], attrs[i+1])
	}
	return e
}

func (e *Element) set(name, value string) {
	if _, known := e.Attrs[name]; known || value == "" {
		return
	}
	e.Attrs[name] = value
	e.order = append(e.order, name)
}

// With adds children, nil ones left out, and returns e.
func (e *Element) With(children ...*Element) *Element {
	for _, c := range children {
		if c != nil {
			e.Children = append(e.Children, c)
		}
	}
	return e
}

// Saying sets its text, and returns e.
func (e *Element) Saying(text string) *Element {
	e.Text = text
	return e
}

// Attr is an attribute's value, "" for none.
func (e *Element) Attr(name string) string {
	if e == nil {
		return ""
	}
	return e.Attrs[name]
}

// Child is the first child of that name, nil for none, as for a nil e.
func (e *Element) Child(space, name string) *Element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Space == space && c.Name == name {
			return c
		}
	}
	return nil
}

// Said is the text of the first child of that name, "" for none.
func (e *Element) Said(space, name string) string {
	if c := e.Child(space, name); c != nil {
		return c.Text
	}
	return ""
}

// String is the element as it is written on a stream. Characters that XML does not have become U+FFFD.
func (e *Element) String() string {
	var b strings.Builder
	if e.Space == Streams { // whose prefix the stream's header declares
		e.write(&b, "stream:"+e.Name, Streams, Content)
	} else {
		e.write(&b, e.Name, Content, e.Space)
	}
	return b.String()
}

// write writes an element by that name. around is the namespace that it stands in, inside the one that its children do.
func (e *Element) write(b *strings.Builder, name, around, inside string) {
	b.WriteString("<" + name)
	if e.Space != around {
		attribute(b, "xmlns", cmp.Or(e.Space, "jabber:client"))
	}
	for _, name := range e.order {
		attribute(b, name, e.Attrs[name])
	}
	if e.Text == "" && len(e.Children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	escape(b, e.Text)
	for _, c := range e.Children {
		c.write(b, c.Name, inside, c.Space)
	}
	b.WriteString("</" + name + ">")
}

func attribute(b *strings.Builder, name, value string) {
	b.WriteString(" " + name + `="`)
	escape(b, value)
	b.WriteByte('"')
}

func escape(b *strings.Builder, text string) { _ = xml.EscapeText(b, []byte(text)) } // a builder takes all

// Header is the beginning of a component's stream: https://xmpp.org/extensions/xep-0114.html#proto
func Header(to string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><stream:stream`)
	attribute(&b, "xmlns", component)
	attribute(&b, "xmlns:stream", Streams)
	attribute(&b, "to", to)
	b.WriteByte('>')
	return b.String()
}

// Footer is the end of a stream.
const Footer = "</stream:stream>"
