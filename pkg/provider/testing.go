package provider

import (
	"context"
	"net"
	"net/http"
	"net/url"
)

// DialFunc opens a connection, as [net.Dialer.DialContext] does.
type DialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// Dial replaces how a client opens connections. wrap is given the client's own way, the guard included. It is for tests,
// whose stand-ins need no port. It must not be called while the client is used.
func Dial(c *Client, wrap func(own DialFunc) DialFunc) {
	for _, t := range []*http.Transport{c.guard.plain, c.guard.guarded, c.guard.held} {
		t.DialContext = wrap(t.DialContext)
	}
}

// Reach lets a client reach these addresses wherever they are, as if they were public. It is for tests, whose far ends are
// all on this machine. It must not be called while the client is used.
func Reach(c *Client, addresses ...string) {
	e := *c.guard.exempt.Load()
	e.public = map[string]bool{}
	for _, raw := range addresses {
		if u, err := url.Parse(raw); err == nil {
			e.public[hostPort(u)] = true
		}
	}
	c.guard.exempt.Store(&e)
}
