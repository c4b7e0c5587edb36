package httpclient

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/pkg/weburl"
)

// Request is one HTTP request.
type Request struct {
	// Method defaults to POST with a body and GET without.
	Method string
	// URL is http or https. It may hold a token: no error, log or span shows more of it than the host.
	URL string
	// Header is sent beside User-Agent.
	Header http.Header
	// Body is sent as it is, with ContentType.
	Body        io.Reader
	ContentType string
	// Length is the length of Body in bytes, for a stream to a network that wants to know it. 0 means that Body tells its length itself,
	// or that nobody knows it.
	Length int64
	// Guarded is for a URL that came from outside: private, loopback and link-local addresses are refused with [outcome.Reject], except
	// the files that this gateway stores. A configured URL needs no guard; a redirect of it to another host is guarded in any case.
	Guarded bool
	// Told is set beside Guarded if the network itself named the URL, in a verified call or an answer, and not a contact or an agent.
	// Then the hosts that its account configures are reached too.
	Told bool
	// Timeout bounds the whole call; default 20 s.
	Timeout time.Duration
	// Held is for a request that the network keeps until it has something to say (long polling). Its connection does not count in
	// [Options].MaxConnections.
	Held bool
	// Idempotent is for a request that may be repeated at will, such as one that only reads: if its answer is lost, the error is
	// [outcome.Temporary], and not [outcome.Uncertain].
	Idempotent bool
	// NoAnswer is the reason of the error when there is no answer, such as "Telegram did not answer". Default [reason.NoAnswer].
	NoAnswer reason.Reason
	// MaxAnswer is the largest answer that [Client.Do] reads, in bytes; default [MaxAnswer].
	MaxAnswer int64
}

// unanswered classifies a request that was written, where nobody can tell what became of it.
func (r Request) unanswered(cause error) error {
	if r.Idempotent {
		if r.NoAnswer.IsZero() {
			return outcome.Temporary(reason.NoAnswer, cause)
		}
		return outcome.Temporary(r.NoAnswer, cause)
	}
	return outcome.UncertainBecause(reason.NoAnswer, cause)
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	if r.Method == "" {
		r.Method = http.MethodGet
		if r.Body != nil {
			r.Method = http.MethodPost
		}
	}
	if r.Guarded {
		t := stranger
		if r.Told {
			t = ofNetwork
		}
		ctx = context.WithValue(ctx, guardKey{}, t)
	}
	if r.Held {
		ctx = context.WithValue(ctx, heldKey{}, true)
	}
	address, err := weburl.Parse(r.URL)
	if err != nil {
		return nil, outcome.Reject(reason.NotAllowed.With("detail", err), nil)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, "", r.Body) // the address is taken apart already
	if err != nil {
		return nil, outcome.Reject(reason.BadAddress, nil)
	}
	req.URL, req.Host = address, address.Host
	if r.Length > 0 {
		req.ContentLength = r.Length
	}
	req.Header.Set("User-Agent", version.UserAgent())
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	return req, nil
}
