// Package sandbox is both far ends of the bridge for development: a stand-in of BonyChat that keeps the Custom Channel
// contract strictly, and a phone on a network of its own (package operator).
//
// BonyChat's side takes the gateway's calls at /sandbox/bonychat/webhook. A wrong token is 401, a break of the
// contract's shape 400 with the list of breaks; what is well formed and odd (a receipt for an unknown mId, one that
// goes backwards, an mId that comes again) is answered 200 and shown as a warning. It calls the gateway's /message as
// the platform does: 5 s time-out, no retry.
//
// The page at / has the phone on the left and the agent on the right. Tests use the same JSON API; the contact's id is
// the same on both sides, percent-encoded in the path:
//
//	GET       /sandbox/api/channels
//	GET, POST /sandbox/api/phone/{channel}/{contact}/messages    the body of POST is the contract's bare message object
//	POST      /sandbox/api/phone/{channel}/{contact}/read        the phone looks at the conversation
//	GET, POST /sandbox/api/agent/{channel}/{contact}/messages
//	GET       /sandbox/api/{phone,agent}/{channel}/contacts
//	GET       /sandbox/api/warnings                              what belongs to no message
//	GET       /sandbox/api/way/{mId}                             the message's way, drawn, where the gateway tells it
//	          /sandbox/site/                                     a website with a live chat of its own, see [Site]
//	GET       /sandbox/api/events                                all changes, as server-sent events
//	GET, POST, DELETE /sandbox/api/phone/{channel}/faults        see operator.Fault
//	GET, PUT  /sandbox/api/phone/{channel}/switches
//	GET       /sandbox/api/phone/{channel}/record                everything the phone network accepted, in order
//
// A list has direction (in or out, seen from its side), time, mId, status, message and warnings, in order of arrival.
// A warning is one of doubled, changed (the same mId, another content), backwards, repeated and early (a receipt,
// before the answer that names its mId), foreign (a receipt for what the contact wrote), echo (of what BonyChat sent
// itself), taken (by the gateway, against the contract), unknown, answer and rejected; what it is about follows after a
// colon.
// Everything is in memory and bounded, and gone with the process.
//
// It shows tokens and messages to whoever may call it, so it is for the demonstration on this machine only: never
// mount it where real channels are. It answers to loopback names, and refuses what another website's page sends.
package sandbox

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/sandbox/chat"
	"github.com/bonychat/puente/services/sandbox/internal/events"
	"github.com/bonychat/puente/services/sandbox/internal/reasons"
	"github.com/bonychat/puente/services/sandbox/operator"
)

// Sandbox is both far ends. It is safe for concurrent use.
type Sandbox struct {
	cfg      Config
	log      *slog.Logger
	gateway  *http.Client
	hub      *events.Hub
	notes    *events.Notes
	reasons  reasons.Reasons
	order    []*channel
	channels map[string]*channel
}

// channel is one channel with its two sides.
type channel struct {
	Channel
	agent *chat.Book
	phone *operator.Operator // nil but on the phone network
	posts sync.Mutex         // one webhook call of the channel at a time, so that an mId is new once
	// open counts the calls to /message that have no answer yet, early holds the receipts that came meanwhile for an mId
	// that is not known yet; both by contact, under posts.
	open  map[string]int
	early map[string][]customchannel.Event
}

// New makes a sandbox. It does no I/O. A mistake in the configuration shuts doors and opens none: ask
// [Config.Validate] before.
func New(cfg Config) *Sandbox {
	if cfg.URL == nil {
		cfg.URL = cfg.APIBaseURL
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Sandbox{
		cfg: cfg, log: cfg.Log, hub: events.NewHub(), channels: map[string]*channel{},
		gateway: &http.Client{
			Timeout:       gatewayTimeout,
			Transport:     &http.Transport{DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext, MaxIdleConnsPerHost: 32, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	s.notes, s.reasons = events.NewNotes(s.hub), reasons.Of(cfg.Reasons)
	for _, ch := range cfg.Channels {
		c := &channel{
			Channel: ch, agent: chat.New(cfg.Chats, s.told("agent", ch.ID)),
			open: map[string]int{}, early: map[string][]customchannel.Event{},
		}
		if ch.Network == PhoneNetwork {
			c.phone = operator.New(operator.Config{
				Secret: ch.Secret, Delay: cfg.PhoneDelay, Phones: cfg.Chats, Log: cfg.Log, Changed: s.told("phone", ch.ID),
				WebhookURL: func() string { return cfg.APIBaseURL() + "/webhooks/phone/" + url.PathEscape(ch.ID) },
			})
		}
		s.order = append(s.order, c)
		s.channels[ch.ID] = c
	}
	return s
}

// told is what a book calls for every change.
func (s *Sandbox) told(side, channel string) func(string, chat.Entry) {
	return func(contact string, e chat.Entry) {
		s.hub.Publish(events.Change{Type: "message", Side: side, Channel: channel, Contact: contact, Entry: &e})
	}
}

// Phone is the far end of a channel of the phone network, for tests; nil for others.
func (s *Sandbox) Phone(id string) *operator.Operator {
	if c := s.channels[id]; c != nil {
		return c.phone
	}
	return nil
}

// Run tells the gateway what happens on the phones, again until it is taken, until the context ends. Open event
// streams end with it, so that a server can shut down.
func (s *Sandbox) Run(ctx context.Context) error {
	s.hub.Open()
	stop := context.AfterFunc(ctx, s.hub.Close)
	defer stop()
	var wg sync.WaitGroup
	errs := make([]error, len(s.order))
	for i, c := range s.order {
		if c.phone != nil {
			wg.Go(func() { errs[i] = c.phone.Run(ctx) })
		}
	}
	<-ctx.Done()
	wg.Wait()
	s.gateway.CloseIdleConnections()
	return errors.Join(errs...)
}

// Handler serves / and /sandbox/.
func (s *Sandbox) Handler() http.Handler {
	// what people and tests call: on this machine, and from no other site's page
	local := http.NewServeMux()
	local.HandleFunc("GET /{$}", s.servePage)
	local.HandleFunc("GET /sandbox/assets/{name}", serveAsset)
	local.HandleFunc("GET /sandbox/api/channels", s.serveChannels)
	local.HandleFunc("GET /sandbox/api/warnings", s.serveWarnings)
	local.HandleFunc("GET /sandbox/api/events", s.serveEvents)
	local.HandleFunc("GET /sandbox/api/way/{id}", s.serveWay)
	local.HandleFunc("GET /sandbox/console", s.serveConsole)
	local.HandleFunc("GET /sandbox/api/agent/{channel}/contacts", s.onChannel(s.agentContacts))
	local.HandleFunc("GET /sandbox/api/agent/{channel}/{contact}/messages", s.onContact(s.agentList))
	local.HandleFunc("POST /sandbox/api/agent/{channel}/{contact}/messages", s.onContact(s.agentSend))
	local.HandleFunc("GET /sandbox/api/phone/{channel}/contacts", s.onPhone(s.phoneContacts))
	local.HandleFunc("GET /sandbox/api/phone/{channel}/{contact}/messages", s.onContact(s.phoneList))
	local.HandleFunc("POST /sandbox/api/phone/{channel}/{contact}/messages", s.onContact(s.phoneWrite))
	local.HandleFunc("POST /sandbox/api/phone/{channel}/{contact}/read", s.onContact(s.phoneRead))
	local.HandleFunc("GET /sandbox/api/phone/{channel}/record", s.onPhone(s.phoneRecord))
	local.HandleFunc("GET /sandbox/api/phone/{channel}/faults", s.onPhone(s.phoneFaults))
	local.HandleFunc("POST /sandbox/api/phone/{channel}/faults", s.onPhone(s.phoneBreak))
	local.HandleFunc("DELETE /sandbox/api/phone/{channel}/faults", s.onPhone(s.phoneMend))
	local.HandleFunc("GET /sandbox/api/phone/{channel}/switches", s.onPhone(s.phoneSwitches))
	local.HandleFunc("PUT /sandbox/api/phone/{channel}/switches", s.onPhone(s.phoneSwitch))

	// what the gateway calls: with a credential, by whatever name it knows this machine
	mux := http.NewServeMux()
	if s.cfg.Site != nil {
		site := http.StripPrefix(strings.TrimSuffix(SitePath, "/"), s.cfg.Site.Handler)
		local.Handle(SitePath, siteHead(site))
		mux.Handle("POST "+SitePath+"bonychat", site)
		mux.Handle("GET "+SitePath+"files/", site)
	}
	mux.Handle("/", s.guard(local))
	mux.HandleFunc("POST /sandbox/bonychat/webhook", s.serveWebhook)
	mux.HandleFunc("/sandbox/phone/{channel}/", s.servePhoneNetwork)
	mux.HandleFunc("GET /sandbox/files/{name}", serveFile)
	return mux
}

// servePhoneNetwork is the vendor's API of the channel's account.
func (s *Sandbox) servePhoneNetwork(w http.ResponseWriter, r *http.Request) {
	c := s.channels[r.PathValue("channel")]
	if c == nil || c.phone == nil {
		refuse(w, http.StatusNotFound, "no such account")
		return
	}
	inner, address := *r, *r.URL
	address.Path, address.RawPath = strings.TrimPrefix(address.Path, "/sandbox/phone/"+c.ID), ""
	inner.URL = &address
	c.phone.ServeHTTP(w, &inner)
}
