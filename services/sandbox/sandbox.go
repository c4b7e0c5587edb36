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
	"github.com/bonychat/puente/services/sandbox/operator"
)

// Sandbox is both far ends. It is safe for concurrent use.
type Sandbox struct {
	cfg      Config
	log      *slog.Logger
	gateway  *http.Client
	hub      *hub
	notes    *notes
	reasons  reasons
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
		cfg: cfg, log: cfg.Log, hub: newHub(), channels: map[string]*channel{},
		gateway: &http.Client{
			Timeout:       gatewayTimeout,
			Transport:     &http.Transport{DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext, MaxIdleConnsPerHost: 32, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	s.notes, s.reasons = &notes{hub: s.hub}, reasonsOf(cfg.Reasons)
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
	s.hub.open()
	stop := context.AfterFunc(ctx, s.hub.close)
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
