package provider

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// ClientOptions is what a [Client] is made of.
type ClientOptions struct {
	Tracer trace.Tracer
	// Configured are addresses that stand in the configuration (api, webhook_url, public_url): their host and port are
	// exempt from the guard.
	Configured []string
	// AllowAddresses are private ranges that attachments may be fetched from.
	AllowAddresses []netip.Prefix
	// MaxConnections is how many connections to one host there may be at once; default 256.
	MaxConnections int
}

type guardKey struct{}

// errPrivate is what a guarded request to an address inside is told.
var errPrivate = errors.New("the address is not public (allow_addresses opens ranges)")

// NewClient makes a client. It does no I/O. Close its idle connections with [Client.Close].
func NewClient(o ClientOptions) *Client {
	exempt := map[string]bool{}
	for _, raw := range o.Configured {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			exempt[hostPort(u)] = true
		}
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = 256
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
			DialContext: d.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: 512, MaxIdleConnsPerHost: 128,
			MaxConnsPerHost: o.MaxConnections, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
			ResponseHeaderTimeout: DefaultTimeout, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	g := &guard{plain: transport(plain), guarded: transport(guarded), exempt: exempt}
	g.plain.Proxy = http.ProxyFromEnvironment
	return &Client{tracer: o.Tracer, http: &http.Client{Transport: g, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		// only what is fetched follows redirects: a repeated POST could send twice
		if len(via) >= 5 || via[0].Method != http.MethodGet && via[0].Method != http.MethodHead {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// Close ends the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// guard sends what came from outside through a transport of its own, so that the two share no connection.
type guard struct {
	plain, guarded *http.Transport
	exempt         map[string]bool
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Context().Value(guardKey{}) != nil && !g.exempt[hostPort(r.URL)] {
		return g.guarded.RoundTrip(r)
	}
	return g.plain.RoundTrip(r)
}

func (g *guard) CloseIdleConnections() {
	g.plain.CloseIdleConnections()
	g.guarded.CloseIdleConnections()
}

// carrierNAT is RFC 6598: private to a provider, though netip does not call it so.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

func public(a netip.Addr, allowed []netip.Prefix) bool {
	for _, p := range allowed {
		if p.Contains(a) {
			return true
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !carrierNAT.Contains(a)
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
