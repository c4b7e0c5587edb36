package httpclient

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

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

// exempt is what a guarded request may reach wherever it is.
type exempt struct {
	hosts  map[string]bool // by hostPort, of what the network named
	files  *url.URL        // the folder of our own files; nil for none
	public map[string]bool // by hostPort, see Reach
}

// fileID is what a stored file is called: see the Put and Keep of package media.
var fileID = regexp.MustCompile(`^([a-z][a-z0-9]{0,31}-)?[0-9a-z]{26,32}$`)

// file says whether an address is that of a file of our own.
func (e *exempt) file(u *url.URL) bool {
	if e.files == nil || u.Scheme != e.files.Scheme || hostPort(u) != hostPort(e.files) || u.RawQuery != "" {
		return false
	}
	id, ok := strings.CutPrefix(u.EscapedPath(), e.files.EscapedPath()+"/")
	return ok && fileID.MatchString(id)
}

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
	return e.reaches(hostPort(r.URL), t) || (r.Method == http.MethodGet || r.Method == http.MethodHead) && e.file(r.URL)
}

// reaches says whether a host and port are reached whatever address that is.
func (e *exempt) reaches(at string, t trust) bool {
	return e.public[at] || t == ofNetwork && e.hosts[at]
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
		port = map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
