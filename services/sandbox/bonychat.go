package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/sandbox/chat"
)

// maxPost bounds a webhook call's body, in bytes.
const maxPost = 4 << 20

// serveWebhook is BonyChat's side of the contract, kept strictly.
func (s *Sandbox) serveWebhook(w http.ResponseWriter, r *http.Request) {
	c := s.byToken(r.Header.Get("Authorization"))
	if c == nil {
		s.notes.Add("", "", "", "rejected: 401, missing or wrong token")
		refuse(w, http.StatusUnauthorized, "missing or wrong token")
		return
	}
	body, ok := read(w, r, maxPost)
	if !ok {
		return
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		s.broken(w, c, "content-type: must be application/json")
		return
	}
	post, err := customchannel.DecodePost(body, c.ContactID)
	if err != nil {
		s.broken(w, c, breaksOf(err)...)
		return
	}
	if post.ChannelID != c.ID {
		s.notes.Add(c.ID, post.ContactID, "", "rejected: 401, the token is another channel's")
		refuse(w, http.StatusUnauthorized, "the token is another channel's")
		return
	}
	c.posts.Lock()
	defer c.posts.Unlock()
	for _, e := range post.Events {
		switch e.Type {
		case customchannel.EventMessage:
			s.takeMessage(c, post, e)
		case customchannel.EventEcho:
			s.takeEcho(c, post, e)
		case customchannel.EventStatus:
			s.takeReceipt(c, post.ContactID, e)
		}
	}
	answer(w, http.StatusOK, map[string]bool{"ok": true})
}

func (s *Sandbox) broken(w http.ResponseWriter, c *channel, breaks ...string) {
	s.log.Warn("call breaks the contract", "channel", c.ID, "breaks", breaks)
	s.notes.Add(c.ID, "", "", "rejected: 400, "+strings.Join(breaks, "; "))
	refuse(w, http.StatusBadRequest, "the call breaks the contract: "+strings.Join(breaks, "; "), breaks...)
}

// byToken finds the channel of a bearer token, in time that does not depend on which.
func (s *Sandbox) byToken(header string) (found *channel) {
	scheme, token, _ := strings.Cut(header, " ")
	sent := sha256.Sum256([]byte(token))
	for _, c := range s.order {
		want := sha256.Sum256([]byte(c.Token.Reveal()))
		if subtle.ConstantTimeCompare(sent[:], want[:]) == 1 && c.Token.Reveal() != "" {
			found = c
		}
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	return found
}

// takeMessage shows what the contact wrote.
func (s *Sandbox) takeMessage(c *channel, post *customchannel.Post, e customchannel.Event) {
	if s.repeated(c, post.ContactID, e) {
		return
	}
	c.agent.Add(post.ContactID, chat.Entry{
		Direction: chat.In, Time: e.Timestamp, MID: e.MID, Status: chat.Received, Message: encode(e.Message),
	})
	if p := post.Contact; p != nil {
		c.agent.Name(post.ContactID, strings.TrimSpace(p.FirstName+" "+p.LastName))
	}
	if c.phone != nil {
		c.phone.Confirm(post.ContactID, *e.Message)
	}
}

// takeEcho shows what somebody of the business wrote elsewhere.
func (s *Sandbox) takeEcho(c *channel, post *customchannel.Post, e customchannel.Event) {
	if !s.repeated(c, post.ContactID, e) {
		c.agent.Add(post.ContactID, chat.Entry{
			Direction: chat.Out, Time: e.Timestamp, MID: e.MID, Status: chat.Sent, Echo: true, Message: encode(e.Message),
		})
	}
}

// repeated says whether the mId is there already, and warns on the message that has it, which keeps its place: echo
// where BonyChat sent it itself, changed where the content is another, else doubled.
func (s *Sandbox) repeated(c *channel, contact string, e customchannel.Event) bool {
	_, found := c.agent.Update(contact, withMID(e.MID), func(old *chat.Entry) {
		switch {
		case old.Direction == chat.Out && !old.Echo:
			old.Warn("echo")
		case string(old.Message) != string(encode(e.Message)):
			old.Warn("changed")
		default:
			old.Warn("doubled")
		}
	})
	return found
}

func withMID(mID string) func([]chat.Entry) int {
	return chat.Newest(func(e *chat.Entry) bool { return e.MID == mID })
}
