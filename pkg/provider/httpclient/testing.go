package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
)

// DialThrough replaces how a client opens connections. wrap is given the client's own way, the guard included, which works as
// [net.Dialer.DialContext] does. It is for tests, whose stand-ins need no port. It must not be called while the client is
// used.
func (c *Client) DialThrough(wrap func(own func(ctx context.Context, network, address string) (net.Conn, error)) func(ctx context.Context, network, address string) (net.Conn, error)) {
	for _, t := range []*http.Transport{c.guard.plain, c.guard.guarded, c.guard.held} {
		t.DialContext = wrap(t.DialContext)
	}
}

// Reach lets a client reach these addresses wherever they are, as if they were public. It is for tests, whose servers are
// all on this machine. It must not be called while the client is used.
func (c *Client) Reach(addresses ...string) {
	e := *c.guard.exempt.Load()
	e.public = map[string]bool{}
	for _, raw := range addresses {
		if u, err := url.Parse(raw); err == nil {
			e.public[hostPort(u)] = true
		}
	}
	c.guard.exempt.Store(&e)
}

// Trust has a client believe these certificate authorities instead of the system's. It is for tests. It must not be called
// while the client is used.
func (c *Client) Trust(roots *x509.CertPool) {
	for _, t := range []*http.Transport{c.guard.plain, c.guard.guarded, c.guard.held} {
		t.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
}
