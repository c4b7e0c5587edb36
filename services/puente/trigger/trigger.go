// Package trigger makes up a webhook call as a network would make it of a contact's text, signs it with the secrets of the
// channel's account, and posts it to a bridge: for who tries a channel without the network. How a call looks and is signed is
// declared by the network ([provider.Network].Mimic, and its Webhook); nothing here knows any of them.
package trigger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
)

// Why no call was made.
var (
	// ErrNotMade means that nobody but the network can make its calls, or that it makes none.
	ErrNotMade = errors.New("a call of the network cannot be made up")
	// ErrElsewhere means that the address is none of this machine, and that was not allowed.
	ErrElsewhere = errors.New("the address is not of this machine")
)

// timeout bounds a call.
const timeout = 30 * time.Second

// Target is where a call is posted.
type Target struct {
	// PublicURL is the bridge's public address, as its configuration has it: what networks sign.
	PublicURL string
	// URL is where the call goes instead; "" for PublicURL.
	URL string
	// Anywhere allows another address than one of this machine.
	Anywhere bool
}

// Posted is a call that was made.
type Posted struct {
	// URL is where it was posted, without a query, which may hold a credential.
	URL string `json:"url"`
	// Status is what the bridge answered: 2xx where it stored the call.
	Status int `json:"status"`
	// Network and Channel are those of the call.
	Network string `json:"network"`
	Channel string `json:"channel"`
}

// Text posts a call of a text. It returns [ErrNotMade] and [ErrElsewhere]; any other error is about the connection. No error holds
// a credential.
func Text(ctx context.Context, to Target, d provider.Driver, c config.Channel, said provider.Said) (Posted, error) {
	call, err := made(to, d, c, said)
	if err != nil {
		return Posted{}, err
	}
	base := to.URL
	if base == "" {
		base = to.PublicURL
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Posted{}, fmt.Errorf("%q is no address of a bridge: it looks like http://127.0.0.1:8080", base)
	}
	if !to.Anywhere && !loopback(u.Hostname()) {
		return Posted{}, fmt.Errorf("%s://%s: %w", u.Scheme, u.Host, ErrElsewhere)
	}
	p := Posted{URL: u.Scheme + "://" + u.Host + "/webhooks/" + call.Network + "/" + call.Channel, Network: call.Network, Channel: call.Channel}
	p.Status, err = post(ctx, p.URL, call)
	return p, err
}

// made is the call, signed.
func made(to Target, d provider.Driver, c config.Channel, said provider.Said) (webhook.Call, error) {
	about := d.Describe()
	bound, err := d.Bind(c.Account.Reveal())
	if err != nil {
		return webhook.Call{}, fmt.Errorf("channel %s: the account cannot be read", c.ID)
	}
	if bound.Mimic == nil || about.Webhook == nil {
		return webhook.Call{}, fmt.Errorf("network %s: %w: it is listened to, or only it can make them", about.Name, ErrNotMade)
	}
	call, err := bound.Mimic(said)
	if err != nil {
		return webhook.Call{}, fmt.Errorf("network %s: %w: %w", about.Name, ErrNotMade, err)
	}
	call.Network, call.Channel, call.AcceptedAt = about.Name, c.ID, said.At
	call.URL = strings.TrimRight(to.PublicURL, "/") + "/webhooks/" + call.Network + "/" + call.Channel + call.Suffix
	if call.Query != "" {
		call.URL += "?" + call.Query
	}
	secrets, err := expr.SecretsOf(c.Account.Reveal())
	if err != nil {
		return webhook.Call{}, err
	}
	signed, err := about.Webhook.Sign(call, secrets)
	if err != nil {
		return webhook.Call{}, fmt.Errorf("network %s: %w: %w", about.Name, ErrNotMade, err)
	}
	return signed, nil
}

// post is the status that the bridge answers.
func post(ctx context.Context, address string, call webhook.Call) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	target := address + call.Suffix
	if call.Query != "" {
		target += "?" + call.Query
	}
	r, err := http.NewRequestWithContext(ctx, call.Method, target, bytes.NewReader(call.Body))
	if err != nil {
		return 0, fmt.Errorf("%s: the call cannot be made", address) // the error would quote the query
	}
	r.Header = call.Header
	r.Header.Set("User-Agent", version.UserAgent())
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err // without the address, whose query may hold a credential
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", address, err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
