package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// The channel of Telegram, beside those of the ledger.
const (
	botToken    = "42:AAF0123456789-bot-token"
	botSecret   = "telegram-secret-0123456789"
	botPlatform = "platform-token-of-T-0123456789"
)

// farEnds is everything outside of the bridge, at one address of this machine. Pods have it as their HTTP proxy: so it is Telegram,
// BonyChat, and all that the ledger plays.
type farEnds struct {
	address  string
	telegram *telegramtest.Server
	platform *platform
	ledger   atomic.Pointer[http.Handler]
}

func newFarEnds(t *testing.T) *farEnds {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(own(t), "0"))
	if err != nil {
		t.Fatal(err)
	}
	f := &farEnds{address: l.Addr().String(), telegram: telegramtest.NewServer(botToken), platform: &platform{token: botPlatform}}
	t.Cleanup(f.telegram.Close)
	to, err := url.Parse(f.telegram.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host == "telegram.example":
			r.Host = to.Host
			proxy.ServeHTTP(w, r)
		case r.Host == "bonychat.example":
			f.platform.ServeHTTP(w, r)
		case f.ledger.Load() != nil:
			(*f.ledger.Load()).ServeHTTP(w, r)
		default:
			w.WriteHeader(http.StatusBadGateway)
		}
	})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return f
}

// around has what the ledger plays answer at the address that pods know.
func (f *farEnds) around(ledger http.Handler) http.Handler {
	f.ledger.Store(&ledger)
	return ledger
}

// channel is the entry of the channel of Telegram in the configuration.
func (f *farEnds) channel() string {
	return fmt.Sprintf("  - {id: T, network: telegram, contact_id: custom, platform: {webhook_url: \"http://bonychat.example/T\", api_token: \"file:secrets/bonychat_T\"},\n"+
		"     account: {token: %q, secret_token: \"file:secrets/telegram_secret\", api: \"http://telegram.example\"}}\n", botToken)
}

// platform stands in for BonyChat. It is safe for concurrent use.
type platform struct {
	token string

	mu    sync.Mutex
	posts []customchannel.Post
	wrong []string
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	post, err := customchannel.DecodePost(body, customchannel.Custom)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil || r.Header.Get("Authorization") != "Bearer "+p.token {
		p.wrong = append(p.wrong, fmt.Sprintf("%v, or another token", err))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	p.posts = append(p.posts, *post)
}

// renew changes the token that it believes.
func (p *platform) renew(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token = token
}

// find is the first post with a message that fits; nil where none has come.
func (p *platform) find(fits func(*customchannel.Message) bool) *customchannel.Post {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, post := range p.posts {
		for _, e := range post.Events {
			if e.Message != nil && fits(e.Message) {
				return &post
			}
		}
	}
	return nil
}

// from is the contact that a text is from, "" where it has not come.
func (p *platform) from(text string) string {
	if post := p.find(func(m *customchannel.Message) bool { return m.Text == text }); post != nil {
		return post.ContactID
	}
	return ""
}

// told says that a message's status was told.
func (p *platform) told(mID string, value customchannel.StatusValue) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.posts, func(post customchannel.Post) bool {
		return slices.ContainsFunc(post.Events, func(e customchannel.Event) bool {
			return e.Type == customchannel.EventStatus && e.MID == mID && e.Status.Value == value
		})
	})
}

// message is the body of POST /message with a text.
func message(channel, contact, text string) []byte {
	body, _ := json.Marshal(customchannel.Send{ChannelID: channel, ContactID: contact, Message: customchannel.Message{Type: customchannel.TypeText, Text: text}})
	return body
}
