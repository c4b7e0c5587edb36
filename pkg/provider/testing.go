package provider

import (
	"context"
	"net"
	"net/http"
	"net/url"

	"encoding/json"
	"io"

	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Receive reads a verified call with a network's own Receive, for an account given as the JSON object of the
// configuration: for kits and tools.
func Receive(d Driver, account json.RawMessage, c webhook.Call) ([]Event, error) {
	read, err := d.reader(account)
	if err != nil {
		return nil, err
	}
	return read(c)
}

// Open makes the sender of an account, given as the JSON object of the configuration: for kits and tools.
func Open(d Driver, account json.RawMessage, h Host) (Sender, error) { return d.open(account, h) }

// Examine is a fetched file as the SDK takes it, or why it is none: for kits and tools.
func Examine(a *messagev1.Attachment, file *File) (io.Reader, error) {
	body, _, _, err := examine(a, file, MaxFile)
	if err != nil {
		return nil, err
	}
	return body, nil
}

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
