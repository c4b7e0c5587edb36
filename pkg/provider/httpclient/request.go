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

// Request is one call.
type Request struct {
	// Method defaults to POST with a body and GET without.
	Method string
	// URL is where to, http or https. It may hold a token: no error, log or span shows more of it than the host.
	URL string
	// Header goes with it beside User-Agent.
	Header http.Header
	// Body is sent as it is; ContentType goes with it.
	Body        io.Reader
	ContentType string
	// Length is that of a Body in bytes, for one that is streamed to a network that wants it told; 0 where the body
	// tells it itself, or nobody knows.
	Length int64
	// Guarded says that the URL came from outside: private, loopback and link-local addresses are refused ([outcome.Reject]),
	// but for the files that this gateway stores. What is configured needs no guard; where it redirects to, on another
	// host, is guarded in any case.
	Guarded bool
	// Told says, with Guarded, that the network itself named the URL, in a verified call or an answer, and no contact and
	// no agent: then the hosts that its account configures are reached too.
	Told bool
	// Timeout bounds the whole call; default 20 s.
	Timeout time.Duration
	// Held says that the far end keeps the request until it has something to say: it takes no connection from others.
	Held bool
	// Idempotent says that the call may be made again at will, as one that only asks may be: where its answer is lost, the
	// error is [outcome.Temporary], and not [outcome.Uncertain].
	Idempotent bool
	// NoAnswer is the reason of that error, in words of the network: "Telegram did not answer". Default [reason.NoAnswer].
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
	address, err := weburl.Normal(r.URL)
	if err != nil {
		return nil, outcome.Reject(reason.NotAllowed.With("detail", err), nil)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, r.Body)
	if err != nil {
		return nil, outcome.Reject(reason.BadAddress, nil)
	}
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
