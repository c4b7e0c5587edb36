package stanza

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bounds of what is read.
const (
	// MaxSize is the largest stanza, in bytes. Servers pass on less: prosody 256 KB of a client, 512 KB of another server.
	MaxSize = 1 << 20
	// MaxDepth is how deep elements are kept; what lies deeper is left out.
	MaxDepth = 24
)

// Why a stream cannot be read on. No error holds anything of it.
var (
	ErrTooLarge   = errors.New("a stanza is too large")
	ErrNotAllowed = errors.New("the stream has XML that XMPP does not allow")
	ErrBroken     = errors.New("the stream cannot be read")
)

// Reader reads a stream, element by element. It is used by one goroutine.
type Reader struct {
	in  *bounded
	xml *xml.Decoder
}

// NewReader reads a stream. It reads ahead of what it returns.
func NewReader(r io.Reader) *Reader {
	in := &bounded{r: bufio.NewReader(r), left: MaxSize}
	d := xml.NewDecoder(in)
	d.DefaultSpace = component
	return &Reader{in: in, xml: d}
}

// Open reads the stream's header.
func (r *Reader) Open() (*Element, error) {
	for {
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.ProcInst: // <?xml version='1.0'?>
			if t.Target != "xml" {
				return nil, ErrNotAllowed
			}
		case xml.StartElement:
			if e := element(t); e.Space == Streams && e.Name == "stream" {
				return e, nil
			}
			return nil, ErrBroken
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, ErrBroken
			}
		default:
			return nil, ErrNotAllowed
		}
	}
}

// Next reads the next element of the stream; [io.EOF] is its end, said by the destination or by the connection.
func (r *Reader) Next() (*Element, error) {
	for {
		r.in.left = MaxSize
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return r.whole(t)
		case xml.EndElement:
			return nil, io.EOF
		case xml.CharData: // between stanzas: a sign of life
			if strings.TrimSpace(string(t)) != "" {
				return nil, ErrBroken
			}
		default:
			return nil, ErrNotAllowed
		}
	}
}

// building is an element whose end is not read yet.
type building struct {
	*Element
	text []byte
}

// whole reads an element to its end.
func (r *Reader) whole(start xml.StartElement) (*Element, error) {
	root := element(start)
	open := []building{{Element: root}}
	for deeper := 0; ; {
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		last := &open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if deeper > 0 || len(open) == MaxDepth {
				deeper++
				root.Cut = true
				continue
			}
			child := element(t)
			last.Children = append(last.Children, child)
			open = append(open, building{Element: child})
		case xml.EndElement:
			if deeper > 0 {
				deeper--
				continue
			}
			last.Text = string(last.text)
			if open = open[:len(open)-1]; len(open) == 0 {
				return root, nil
			}
		case xml.CharData:
			if deeper == 0 {
				last.text = append(last.text, t...)
			}
		default:
			return nil, ErrNotAllowed
		}
	}
}

// token is the next token. The decoder's errors quote what it read; these do not.
func (r *Reader) token() (xml.Token, error) {
	t, err := r.xml.Token()
	switch {
	case err == nil:
		return t, nil
	case r.in.err != nil:
		return nil, r.in.err
	default:
		return nil, ErrBroken
	}
}

func element(start xml.StartElement) *Element {
	space := start.Name.Space
	if own[space] {
		space = Content
	}
	e := New(space, start.Name.Local)
	for _, a := range start.Attr {
		switch {
		case a.Name.Space == "" && a.Name.Local != "xmlns":
			e.set(a.Name.Local, a.Value)
		case a.Name.Space == "http://www.w3.org/XML/1998/namespace" && a.Name.Local == "lang", a.Name.Space == "xml" && a.Name.Local == "lang":
			e.set("xml:lang", a.Value)
		}
	}
	return e
}

// Parse reads one element that stands alone, as [Element.String] wrote it.
func Parse(text string) (*Element, error) {
	if len(text) > 2*MaxSize { // what is escaped is longer
		return nil, ErrTooLarge
	}
	r := NewReader(strings.NewReader(text))
	r.in.left = 2 * MaxSize
	token, err := r.token()
	if err != nil {
		return nil, ErrBroken
	}
	start, ok := token.(xml.StartElement)
	if !ok {
		return nil, ErrBroken
	}
	e, err := r.whole(start)
	if err == io.EOF {
		err = ErrBroken
	}
	return e, err
}

// bounded counts what is read, byte by byte, so that the decoder does not read ahead of the stanza.
type bounded struct {
	r    *bufio.Reader
	left int
	err  error // why it ended
}

// ReadByte implements [io.ByteReader], which is all that the decoder uses.
func (b *bounded) ReadByte() (byte, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.left <= 0 {
		b.err = ErrTooLarge
		return 0, b.err
	}
	c, err := b.r.ReadByte()
	if err != nil {
		b.err = err
		return 0, err
	}
	b.left--
	return c, nil
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := b.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}
