package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/bonychat/puente/pkg/customchannel"
)

// maxMessage bounds the body of one message, in bytes. The largest one that the contract allows is about 45 kB.
const maxMessage = 256 << 10

// refusal is the contract's shape of an error; breaks are its problems one by one.
type refusal struct {
	Error struct {
		Message string   `json:"message"`
		Breaks  []string `json:"breaks,omitempty"`
	} `json:"error"`
}

func answer(w http.ResponseWriter, status int, body any) {
	data, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n'))
}

func refuse(w http.ResponseWriter, status int, message string, breaks ...string) {
	var body refusal
	body.Error.Message, body.Error.Breaks = message, breaks
	answer(w, status, body)
}

// refuseBreaks answers 400 with what breaks the contract.
func refuseBreaks(w http.ResponseWriter, err error) {
	refuse(w, http.StatusBadRequest, err.Error(), breaksOf(err)...)
}

func breaksOf(err error) []string {
	var problems customchannel.Problems
	if !errors.As(err, &problems) {
		return []string{err.Error()}
	}
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return out
}

// read returns a body within its bound, or answers.
func read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too large")
		return nil, false
	}
	return body, err == nil // otherwise the caller is gone
}

// onChannel finds the channel that the path names.
func (s *Sandbox) onChannel(serve func(http.ResponseWriter, *http.Request, *channel)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := s.channels[r.PathValue("channel")]
		if c == nil {
			refuse(w, http.StatusNotFound, "no such channel")
			return
		}
		serve(w, r, c)
	}
}

// onPhone finds a channel that has a phone.
func (s *Sandbox) onPhone(serve func(http.ResponseWriter, *http.Request, *channel)) http.HandlerFunc {
	return s.onChannel(func(w http.ResponseWriter, r *http.Request, c *channel) {
		if c.phone == nil {
			refuse(w, http.StatusNotFound, "this channel's network is not the phone")
			return
		}
		serve(w, r, c)
	})
}

// onContact finds channel and contact, which is made by naming it.
func (s *Sandbox) onContact(serve func(http.ResponseWriter, *http.Request, *channel, string)) http.HandlerFunc {
	return s.onChannel(func(w http.ResponseWriter, r *http.Request, c *channel) {
		contact := r.PathValue("contact")
		if err := c.ContactID.Check(contact); err != nil {
			refuseBreaks(w, err)
			return
		}
		serve(w, r, c, contact)
	})
}

// channelInfo is a channel as the page and tests see it.
type channelInfo struct {
	ID         string               `json:"id"`
	Network    string               `json:"network"`
	ContactID  customchannel.IDType `json:"contact_id"`
	WebhookURL string               `json:"webhook_url"`
	APIBaseURL string               `json:"api_base_url"`
	APIToken   string               `json:"api_token"`
}

func (s *Sandbox) info(c *channel) channelInfo {
	return channelInfo{
		ID: c.ID, Network: c.Network, ContactID: c.ContactID, WebhookURL: PlatformURL(s.cfg.URL()),
		APIBaseURL: s.cfg.APIBaseURL(), APIToken: c.Token.Reveal(),
	}
}

func (s *Sandbox) serveChannels(w http.ResponseWriter, _ *http.Request) {
	out := []channelInfo{}
	for _, c := range s.order {
		out = append(out, s.info(c))
	}
	answer(w, http.StatusOK, out)
}

func (s *Sandbox) serveWarnings(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, s.notes.Of(r.FormValue("channel"), r.FormValue("contact")))
}

func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) {
	if !s.hub.Stream(w, r) {
		refuse(w, http.StatusServiceUnavailable, "too many event streams, or shutting down")
	}
}

func (s *Sandbox) agentContacts(w http.ResponseWriter, _ *http.Request, c *channel) {
	answer(w, http.StatusOK, c.agent.Contacts())
}

func (s *Sandbox) agentList(w http.ResponseWriter, _ *http.Request, c *channel, contact string) {
	answer(w, http.StatusOK, c.agent.List(contact))
}

func (s *Sandbox) phoneContacts(w http.ResponseWriter, _ *http.Request, c *channel) {
	answer(w, http.StatusOK, c.phone.Contacts())
}

// encode is a message as it is kept.
func encode(m *customchannel.Message) json.RawMessage {
	data, _ := json.Marshal(m)
	return data
}
