package e2e_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
)

const xmppDomain, xmppAddress, xmppSecret = "bridge.example.com", "support@bridge.example.com", "xmpp-s3cret"

// xmppServer is a server with one component (https://xmpp.org/extensions/xep-0114.html) and people whose apps confirm what arrives. What
// they write they write again, with the same id, to the next component that connects, until a receipt says that it is stored.
type xmppServer struct {
	t        *testing.T
	listener net.Listener

	mu      sync.Mutex
	open    net.Conn // the component, once it has proved its secret
	streams int
	refused int // components that came while there was one
	taken   []xmppSaid
	unheard []xmppSaid // in the order in which it was written
}

// xmppSaid is a text of a person, or to one.
type xmppSaid struct{ person, id, text string }

// xmppStanza is what the component says.
type xmppStanza struct {
	XMLName  xml.Name
	From     string `xml:"from,attr"`
	To       string `xml:"to,attr"`
	ID       string `xml:"id,attr"`
	Type     string `xml:"type,attr"`
	Proof    string `xml:",chardata"`
	Body     string `xml:"body"`
	Received *struct {
		ID string `xml:"id,attr"`
	} `xml:"urn:xmpp:receipts received"`
}

func newXMPPServer(t *testing.T) *xmppServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &xmppServer{t: t, listener: l}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		if s.open != nil {
			s.open.Close()
		}
		s.mu.Unlock()
		serving.Wait()
	})
	return s
}

// serve is one connection.
func (s *xmppServer) serve(c net.Conn) {
	defer func() {
		c.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open == c {
			s.open = nil
		}
	}()
	in := xml.NewDecoder(c)
	for { // the stream's header
		token, err := in.Token()
		if err != nil {
			return
		}
		if _, ok := token.(xml.StartElement); ok {
			break
		}
	}
	s.mu.Lock()
	s.streams++
	id := fmt.Sprint("stream", s.streams)
	fmt.Fprintf(c, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='%s' id='%s'>", xmppDomain, id)
	s.mu.Unlock()
	for {
		token, err := in.Token()
		if err != nil {
			return
		}
		start, ok := token.(xml.StartElement)
		if _, over := token.(xml.EndElement); over { // of the stream
			fmt.Fprint(c, "</stream:stream>")
			return
		}
		if !ok {
			continue
		}
		var e xmppStanza
		if err := in.DecodeElement(&e, &start); err != nil || !s.take(c, e, id) {
			return
		}
	}
}

// take takes a stanza, and says whether the stream goes on.
func (s *xmppServer) take(c net.Conn, e xmppStanza, stream string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.XMLName.Local == "handshake" {
		sum := sha1.Sum([]byte(stream + xmppSecret))
		switch {
		case e.Proof != hex.EncodeToString(sum[:]):
			fmt.Fprint(c, "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
			return false
		case s.open != nil:
			s.refused++
			fmt.Fprint(c, "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
			return false
		}
		s.open = c
		fmt.Fprint(c, "<handshake/>")
		for _, m := range s.unheard {
			s.say(m)
		}
		return true
	}
	person := strings.TrimSuffix(e.To, "/phone")
	switch {
	case e.XMLName.Local == "iq" && e.From == xmppDomain && e.To == xmppDomain:
		fmt.Fprintf(c, "<iq type='%s' from='%s' to='%s' id='%s'><ping xmlns='urn:xmpp:ping'/></iq>", e.Type, xmppDomain, xmppDomain, e.ID)
	case e.XMLName.Local == "message" && e.Received != nil:
		s.unheard = slices.DeleteFunc(s.unheard, func(m xmppSaid) bool { return m.person == person && m.id == e.Received.ID })
	case e.XMLName.Local == "message" && e.Type == "error": // it could not be stored, and is written again
	case e.XMLName.Local == "message" && e.Body != "":
		s.taken = append(s.taken, xmppSaid{person, e.ID, e.Body})
		fmt.Fprintf(c, "<message from='%s/phone' to='%s' type='chat'><received xmlns='urn:xmpp:receipts' id='%s'/></message>", person, xmppAddress, e.ID)
	}
	return true
}

// say hands a message to the component. The caller has the lock.
func (s *xmppServer) say(m xmppSaid) {
	if s.open != nil {
		fmt.Fprintf(s.open, "<message from='%s/phone' to='%s' type='chat' id='%s'><body>%s</body><request xmlns='urn:xmpp:receipts'/></message>", m.person, xmppAddress, m.id, m.text)
	}
}

// writes is what a person writes.
func (s *xmppServer) writes(person, id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := xmppSaid{person, id, text}
	s.unheard = append(s.unheard, m)
	s.say(m)
}

// TestXMPPOverAStreamThatDies: chats both ways through kill -9 of the program and a stop. What a person's app has a receipt for is at the
// platform, once and in order; only what was on its way when it died may come to the person twice.
func TestXMPPOverAStreamThatDies(t *testing.T) {
	t.Parallel()
	s := newXMPPServer(t)
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA})}
	br.program = start(t, fmt.Sprintf(`
  - id: A
    network: xmpp
    contact_id: custom
    platform: {webhook_url: "%s/A", api_token: %q}
    account: {url: "xmpp://%s", address: %s, secret: %s}
`, br.platform.URL, tokenA, s.listener.Addr(), xmppAddress, xmppSecret))
	const each = 20
	people := []string{"ana@example.com", "luis@example.org"}
	contacts := map[string]string{} // as the platform names them
	for _, person := range people {
		first := marker + " " + person
		s.writes(person, "first", first)
		eventually(t, "the platform has the first message", func() bool {
			br.platform.events(func(post customchannel.Post, e customchannel.Event) bool {
				if e.Message != nil && e.Message.Text == first {
					contacts[person] = post.ContactID
				}
				return false
			})
			return contacts[person] != ""
		})
	}
	var ids, want []string
	for i := range each {
		want = append(want, fmt.Sprintf("%s %02d", marker, i))
		for _, person := range people {
			body := map[string]any{"channelId": "A", "contactId": contacts[person], "message": map[string]any{"type": "text", "text": want[i]}}
			var a answer
			eventually(t, "it is taken", func() bool { a = br.send("Bearer "+tokenA, body); return a.mID != "" })
			ids = append(ids, a.mID)
			s.writes(person, fmt.Sprint("id", i), want[i])
		}
		switch i {
		case each / 3:
			br.signal(syscall.SIGKILL)
			br.run()
		case 2 * each / 3:
			if status := br.signal(syscall.SIGTERM); status != 0 {
				t.Errorf("the program ended with %d", status)
			}
			br.run()
		}
	}
	for _, id := range ids {
		eventually(t, "it is sent", func() bool {
			all := br.platform.statuses(id)
			return len(all) > 0 && (all[len(all)-1] == "sent" || all[len(all)-1] == "delivered")
		})
	}
	eventually(t, "all has a receipt", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.unheard) == 0
	})
	doubled := 0
	for _, person := range people {
		eventually(t, "the platform has what was written", func() bool { return len(br.platform.messages("A", contacts[person])) > each })
		if got := unique(eventTexts(br.platform.messages("A", contacts[person]))); !slices.Equal(got[1:], want) {
			t.Errorf("the platform has %v", got)
		}
		s.mu.Lock()
		var got []string
		for _, m := range s.taken {
			if m.person == person {
				got = append(got, m.text)
			}
		}
		s.mu.Unlock()
		if doubled += len(got) - each; !slices.Equal(slices.Compact(slices.Clone(got)), want) {
			t.Errorf("%s has %v", person, got)
		}
	}
	if doubled > len(people) {
		t.Errorf("%d messages came twice, at one kill with one for each of %d people on its way", doubled, len(people))
	}
	log := br.log()
	for _, secret := range append([]string{xmppSecret, marker}, people...) {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
