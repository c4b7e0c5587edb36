package e2e_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
)

// platform stands in for BonyChat: it keeps what it is told and is strict about the contract.
type platform struct {
	t   *testing.T
	URL string

	mu     sync.Mutex
	tokens map[string][]string // by channel
	shown  map[string]string   // the token of a channel's last post
	posts  []customchannel.Post
	down   map[string]int // the status that a channel's posts are refused with
	calls  map[string]int
}

func newPlatform(t *testing.T, tokens map[string]string) *platform {
	p := &platform{t: t, tokens: map[string][]string{}, shown: map[string]string{}, down: map[string]int{}, calls: map[string]int{}}
	for channel, token := range tokens {
		p.renew(channel, token)
	}
	s := httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

// serve takes a post at /<channel>.
func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	channel := r.URL.Path[1:]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[channel]++
	if status := p.down[channel]; status != 0 {
		w.WriteHeader(status)
		return
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if p.shown[channel] = token; !ok || !slices.Contains(p.tokens[channel], token) {
		p.t.Errorf("channel %s: wrong token", channel)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	post, err := customchannel.DecodePost(body, customchannel.Custom)
	if err != nil || post.ChannelID != channel {
		p.t.Errorf("channel %s: a post breaks the contract: %v", channel, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.posts = append(p.posts, *post)
}

// renew gives a channel a token. Those it had count as well: a post may have been on its way.
func (p *platform) renew(channel, token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tokens[channel] = append(p.tokens[channel], token)
}

// lastToken is the token that a channel's last post showed.
func (p *platform) lastToken(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown[channel]
}

// refuse answers a channel's posts with a status; 0 takes them again.
func (p *platform) refuse(channel string, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down[channel] = status
}

// messages are a contact's messages in the order they came.
func (p *platform) messages(channel, contact string) []customchannel.Event {
	return p.events(func(post customchannel.Post, e customchannel.Event) bool {
		return post.ChannelID == channel && post.ContactID == contact && e.Type != customchannel.EventStatus
	})
}

// statuses are a message's statuses in the order they came.
func (p *platform) statuses(mID string) []customchannel.StatusValue {
	var values []customchannel.StatusValue
	for _, e := range p.events(func(_ customchannel.Post, e customchannel.Event) bool {
		return e.Type == customchannel.EventStatus && e.MID == mID
	}) {
		values = append(values, e.Status.Value)
	}
	return values
}

func (p *platform) events(which func(customchannel.Post, customchannel.Event) bool) []customchannel.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []customchannel.Event
	for _, post := range p.posts {
		for _, e := range post.Events {
			if which(post, e) {
				found = append(found, e)
			}
		}
	}
	return slices.Clone(found)
}
