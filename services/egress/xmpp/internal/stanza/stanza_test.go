package stanza_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

const header = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='bridge.example.com' id='s1'>"

// read opens a stream with this after its header, and reads one element of it.
func read(t *testing.T, rest string) (*stanza.Element, error) {
	t.Helper()
	r := stanza.NewReader(strings.NewReader(header + rest))
	open, err := r.Open()
	if err != nil || open.Attr("id") != "s1" {
		t.Fatalf("%v: %v", open, err)
	}
	return r.Next()
}

func TestStanzasAreReadAndWritten(t *testing.T) {
	for name, one := range map[string]struct{ in, out string }{
		"a message":            {`<message from='ana@example.com/x' to='support@bridge.example.com' id='1'><body>¿Qué &lt;tal&gt; &amp; "tú"?</body></message>`, `<message from="ana@example.com/x" to="support@bridge.example.com" id="1"><body>¿Qué &lt;tal&gt; &amp; &#34;tú&#34;?</body></message>`},
		"signs of life first":  {"\n \n<presence from='a@b'/>", `<presence from="a@b"/>`},
		"a client's namespace": {`<message xmlns='jabber:client'><body>x</body></message>`, `<message><body>x</body></message>`},
		"other namespaces":     {`<iq><p:ping xmlns:p='urn:xmpp:ping'/><x xmlns='urn:x'><y/><z xmlns='urn:z'/></x></iq>`, `<iq><ping xmlns="urn:xmpp:ping"/><x xmlns="urn:x"><y/><z xmlns="urn:z"/></x></iq>`},
		"a stanza in another":  {`<message><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body>x</body></message></forwarded></message>`, `<message><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client"><body>x</body></message></forwarded></message>`},
		"attributes":           {`<message xml:lang='es' p:odd='1' xmlns:p='urn:p' id='1'/>`, `<message xml:lang="es" id="1"/>`},
		"CDATA":                {`<message><body><![CDATA[<b> & ]]>!</body></message>`, `<message><body>&lt;b&gt; &amp; !</body></message>`},
		"a stream error":       {`<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`, `<stream:error><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`},
	} {
		e, err := read(t, one.in)
		if err != nil || e.String() != one.out {
			t.Errorf("%s: %v, %v; want %s", name, e, err, one.out)
			continue
		}
		if again, err := stanza.Parse(e.String()); name != "a stream error" && (err != nil || again.String() != one.out) {
			t.Errorf("%s: read again it is %v, %v", name, again, err)
		}
	}
}

// What XMPP does not allow (RFC 6120, 11.1), and what has no end, ends the stream.
func TestWhatIsNotAllowedEndsTheStream(t *testing.T) {
	billion := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	for name, one := range map[string]struct {
		rest string
		want error
	}{
		"a doctype":                 {billion + `<message/>`, stanza.ErrNotAllowed},
		"a doctype in a stanza":     {`<message>` + billion + `</message>`, stanza.ErrNotAllowed},
		"an entity of one's own":    {`<message><body>&b;</body></message>`, stanza.ErrBroken},
		"a comment":                 {`<message><!-- x --></message>`, stanza.ErrNotAllowed},
		"an instruction":            {`<?php x ?><message/>`, stanza.ErrNotAllowed},
		"a page of HTML":            {"HTTP/1.1 400 Bad Request\r\n\r\n<html/>", stanza.ErrBroken},
		"tags that do not fit":      {`<message><body></message></body>`, stanza.ErrBroken},
		"a text without an end":     {`<message><body>` + strings.Repeat("x", 2*stanza.MaxSize), stanza.ErrTooLarge},
		"an element without an end": {`<message>` + strings.Repeat("<x/>", stanza.MaxSize), stanza.ErrTooLarge},
		"an attribute without one":  {`<message a='` + strings.Repeat("x", 2*stanza.MaxSize), stanza.ErrTooLarge},
		"the stream's end":          {`</stream:stream>`, io.EOF},
		"the connection's end":      {``, io.EOF},
		"an end in a stanza":        {`<message><body>x`, io.EOF},
	} {
		if e, err := read(t, one.rest); !errors.Is(err, one.want) {
			t.Errorf("%s: %v, %v; want %v", name, e, err, one.want)
		}
	}
}

// A contact's client can nest as deep as its server lets it: that costs neither the stream nor the text beside it.
func TestWhatIsTooDeepIsLeftOut(t *testing.T) {
	const n = 10_000
	e, err := read(t, `<message>`+strings.Repeat("<x>", n)+"deep"+strings.Repeat("</x>", n)+`<body>hola</body></message>`)
	if err != nil || !e.Cut || e.Said(stanza.Content, "body") != "hola" {
		t.Fatalf("%v", err)
	}
	if got := strings.Count(e.String(), "<x"); got != stanza.MaxDepth-1 {
		t.Errorf("%d elements deep", got)
	}
}

func TestTextsCannotBreakTheStream(t *testing.T) {
	e := stanza.New(stanza.Content, "message", "to", `"><x/>`).With(stanza.New(stanza.Content, "body").Saying("</body>\x00\x1b\xff ]]> &amp;"))
	again, err := stanza.Parse(e.String())
	if err != nil {
		t.Fatal(err)
	}
	if to, body := again.Attr("to"), again.Said(stanza.Content, "body"); to != `"><x/>` || body != "</body>\ufffd\ufffd\ufffd ]]> &amp;" {
		t.Errorf("%q %q", to, body)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(`<message from='a@b'><body>x</body></message></stream:stream>`)
	f.Add(`<!DOCTYPE x><?x y?><!-- z --><![CDATA[x]]>&lt;`)
	f.Fuzz(func(t *testing.T, rest string) {
		r := stanza.NewReader(strings.NewReader(header + rest))
		if _, err := r.Open(); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			e, err := r.Next()
			if err != nil {
				return
			}
			again, err := stanza.Parse(e.String())
			if e.Space != stanza.Streams && (err != nil || again.String() != e.String()) {
				t.Fatalf("%s is read again as %v, %v", e, again, err)
			}
		}
	})
}
