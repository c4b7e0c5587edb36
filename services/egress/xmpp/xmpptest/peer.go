// Package xmpptest has what tests of the XMPP network need: a codec for the kit's conversations.
package xmpptest

import (
	"io"
	"net"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Peer shows stanzas as text for the kit's conversations: an element, and below it what it holds. An answer is XML as the server
// says it, in which {id} is the id of what is answered and {message} that of the last message, or a line with one of these words:
//
//	open s1   the stream's header, with the id s1
//	pong      the component's ping, handed back
//	close     the stream's end
//	refuse TYPE CONDITION   an error: of the last message where the answer is to it or to what proves that it was read, and else of
//	          what is answered
func Peer(c net.Conn) providertest.Peer { return &peer{conn: c, in: stanza.NewReader(c)} }

type peer struct {
	conn    net.Conn
	in      *stanza.Reader
	opened  bool
	last    *stanza.Element // what is answered
	message string          // the id of the last message
}

// Read implements [providertest.Peer]. The end of the stream is answered and not shown.
func (p *peer) Read() (string, error) {
	if !p.opened {
		p.opened = true
		e, err := p.in.Open()
		if err != nil {
			return "", err
		}
		p.last = e
		return "stream\nto: " + e.Attr("to"), nil
	}
	e, err := p.in.Next()
	if err != nil {
		if err == io.EOF {
			_, _ = io.WriteString(p.conn, stanza.Footer)
		}
		return "", err
	}
	p.last = e
	if e.Name == "message" {
		p.message = e.Attr("id")
	}
	return strings.Join(show(e, ""), "\n"), nil
}

// show is an element with each child on a line of its own.
func show(e *stanza.Element, indent string) []string {
	if len(e.Children) == 0 {
		return []string{indent + plain(e.String())}
	}
	flat := stanza.New(e.Space, e.Name)
	*flat = *e
	flat.Children, flat.Text = nil, ""
	lines := []string{indent + strings.TrimSuffix(plain(flat.String()), "/>") + ">"}
	if e.Text != "" {
		lines = append(lines, indent+"  "+e.Text)
	}
	for _, c := range e.Children {
		lines = append(lines, show(c, indent+"  ")...)
	}
	return lines
}

// plain is XML as people read it.
func plain(text string) string {
	return strings.NewReplacer("&#xA;", "\n", "&#34;", `"`, "&#39;", "'").Replace(text)
}

// refusal is an error.
func (p *peer) refusal(kind, condition string) string {
	name, id := p.last.Name, p.last.Attr("id")
	switch {
	case p.last.Space == stanza.Streams, name == "handshake":
		return stanza.New(stanza.Streams, "error").With(stanza.New("urn:ietf:params:xml:ns:xmpp-streams", condition)).String()
	case p.message != "" && p.last.Attr("to") == p.last.Attr("from"):
		name, id = "message", p.message
	}
	return stanza.New(stanza.Content, name, "type", "error", "from", p.last.Attr("to"), "to", p.last.Attr("from"), "id", id).With(
		stanza.New(stanza.Content, "error", "type", kind).With(stanza.New("urn:ietf:params:xml:ns:xmpp-stanzas", condition))).String()
}

// Write implements [providertest.Peer].
func (p *peer) Write(answer string) error {
	var out strings.Builder
	for line := range strings.Lines(answer) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "open":
			out.WriteString(`<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='` + stanza.Streams + `' from='` + p.last.Attr("to") + `'`)
			if rest != "" {
				out.WriteString(` id='` + rest + `'`)
			}
			out.WriteString(">")
		case "pong":
			out.WriteString(p.last.String())
		case "refuse":
			kind, condition, _ := strings.Cut(rest, " ")
			out.WriteString(p.refusal(kind, condition))
		case "close":
			out.WriteString(stanza.Footer)
		default:
			out.WriteString(strings.TrimSpace(line))
		}
	}
	if out.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(p.conn, strings.NewReplacer("{id}", p.last.Attr("id"), "{message}", p.message).Replace(out.String()))
	return err
}
