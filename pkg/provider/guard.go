package provider

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/version"
)

// ClientOptions is what a [Client] is made of.
type ClientOptions struct {
	// Tracer makes a span for each request; nil makes none.
	Tracer trace.Tracer
	// Meter measures each request, but for those that the far end holds; nil measures nothing.
	Meter *meter.Meter
	// Configured are addresses that stand in the account (api, webhook_url): for what the network itself told
	// ([Request].Told) their host and port are exempt from the guard.
	Configured []string
	// PublicURL is where this gateway is reached: the files that it stores, /media/ and an id, are exempt from the guard, and
	// nothing else there.
	PublicURL string
	// AllowAddresses are private ranges that attachments may be fetched from.
	AllowAddresses []netip.Prefix
	// MaxConnections is how many connections to one host there may be at once, and kept open for the next send; default
	// 1,024.
	MaxConnections int
}

// What a request's context says of it. The value of guardKey is a trust.
type (
	guardKey struct{}
	heldKey  struct{}
)

// trust is how far an address is trusted that came from outside.
type trust int

const (
	stranger  trust = iota + 1 // anybody may have named it
	ofNetwork                  // the network named it
)

// errPrivate is what a guarded request to an address inside is told.
var errPrivate = errors.New("the address is not public (allow_addresses opens ranges)")

// NewClient makes a client. It does no I/O. Close its idle connections with [Client.Close].
func NewClient(o ClientOptions) *Client {
	if o.MaxConnections == 0 {
		o.MaxConnections = 1024
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider().Tracer("")
	}
	plain := &net.Dialer{Timeout: 5 * time.Second}
	// the guard looks at the address that is really dialled, after name resolution, so that a name cannot lie
	guarded := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return errPrivate
		}
		if !public(ap.Addr().Unmap(), o.AllowAddresses) {
			return errPrivate
		}
		return nil
	}}
	transport := func(d *net.Dialer) *http.Transport {
		return &http.Transport{
			DialContext: d.DialContext, ForceAttemptHTTP2: true,
			// 1,024 to one host: at 100 ms an answer, 256 would be 2,560 sends a second. A connection that is closed
			// for want of room here is opened again for the next send.
			MaxIdleConns: 4 * o.MaxConnections, MaxIdleConnsPerHost: o.MaxConnections, MaxConnsPerHost: o.MaxConnections,
			IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	g := &guard{plain: transport(plain), guarded: transport(guarded), held: transport(plain)}
	g.plain.Proxy, g.held.Proxy = http.ProxyFromEnvironment, http.ProxyFromEnvironment
	// one for each channel that is listened to: a few hundred would take all those to one host from what is sent
	g.held.MaxConnsPerHost = 0
	c := &Client{tracer: o.Tracer, meter: o.Meter, guard: g, http: &http.Client{Transport: g, CheckRedirect: redirect}}
	c.Configure(o.PublicURL, o.Configured)
	return c
}

// Configure replaces ClientOptions.PublicURL and ClientOptions.Configured. It may be called while the client is used.
func (c *Client) Configure(publicURL string, addresses []string) {
	e := exempt{hosts: map[string]bool{}}
	for _, raw := range addresses {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			e.hosts[hostPort(u)] = true
		}
	}
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		e.files = u.JoinPath("media")
	}
	c.guard.exempt.Store(&e)
}

// exempt is what a guarded request may reach wherever it is.
type exempt struct {
	hosts  map[string]bool // by hostPort, of what the network named
	files  *url.URL        // the folder of our own files; nil for none
	public map[string]bool // by hostPort, see Reach
}

// fileID is what a stored file is called: see the Put and Keep of package media.
var fileID = regexp.MustCompile(`^[0-9a-z]{26,32}$`)

// file says whether an address is that of a file of our own.
func (e *exempt) file(u *url.URL) bool {
	if e.files == nil || u.Scheme != e.files.Scheme || hostPort(u) != hostPort(e.files) || u.RawQuery != "" {
		return false
	}
	id, ok := strings.CutPrefix(u.EscapedPath(), e.files.EscapedPath()+"/")
	return ok && fileID.MatchString(id)
}

// maxRedirects of one request; the answer after them is taken as it is.
const maxRedirects = 5

// redirect follows for what is fetched only: a repeated POST could send twice. Another host is guarded, whatever was
// asked, and no credential follows there; where the request was trusted itself, the other host is one that the network told.
func redirect(to *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > maxRedirects || first.Method != http.MethodGet && first.Method != http.MethodHead {
		return http.ErrUseLastResponse
	}
	if to.URL.Scheme != first.URL.Scheme || hostPort(to.URL) != hostPort(first.URL) {
		if to.Context().Value(guardKey{}) == nil {
			*to = *to.WithContext(context.WithValue(to.Context(), guardKey{}, ofNetwork))
		}
		clear(to.Header) // networks have headers of their own for credentials
		to.Header.Set("User-Agent", version.UserAgent())
	}
	to.Header.Del("Referer") // the address before may hold a token
	return nil
}

// Close ends the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// guard sends what came from outside through a transport of its own, so that the two share no connection, and what is
// held through a third, so that it uses up none.
type guard struct {
	plain, guarded, held *http.Transport
	exempt               atomic.Pointer[exempt]
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if t, ok := r.Context().Value(guardKey{}).(trust); ok && !g.reaches(r, t) {
		return g.guarded.RoundTrip(r)
	}
	if r.Context().Value(heldKey{}) != nil {
		return g.held.RoundTrip(r)
	}
	return g.plain.RoundTrip(r)
}

// reaches says whether a request goes where it goes whatever address that is.
func (g *guard) reaches(r *http.Request, t trust) bool {
	e := g.exempt.Load()
	return e.public[hostPort(r.URL)] || t == ofNetwork && e.hosts[hostPort(r.URL)] || (r.Method == http.MethodGet || r.Method == http.MethodHead) && e.file(r.URL)
}

func (g *guard) CloseIdleConnections() {
	g.plain.CloseIdleConnections()
	g.guarded.CloseIdleConnections()
	g.held.CloseIdleConnections()
}

// special are addresses that lead inside, or nowhere, though netip calls them global unicast.
// https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this host
	netip.MustParsePrefix("100.64.0.0/10"),   // a provider's own
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved
	netip.MustParsePrefix("::/96"),           // an IPv4 address in it
	netip.MustParsePrefix("64:ff9b::/96"),    // the same, through a translator
	netip.MustParsePrefix("64:ff9b:1::/48"),  // the same, of one's own
	netip.MustParsePrefix("2001::/23"),       // tunnels with an IPv4 address, and protocol assignments
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // a tunnel with an IPv4 address
	netip.MustParsePrefix("fec0::/10"),       // a site's own
}

func public(a netip.Addr, allowed []netip.Prefix) bool {
	a = a.WithZone("") // no prefix contains an address with a zone
	in := func(p netip.Prefix) bool { return p.Contains(a) }
	if slices.ContainsFunc(allowed, in) {
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(special, in)
}

// hostPort is the host and port that a URL leads to, spelled in one way.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
