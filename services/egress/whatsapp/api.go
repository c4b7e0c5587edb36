package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// callTimeout is longer than the client's own: an answer that is given up is a message that may go twice.
const callTimeout = 25 * time.Second

// sender is one business phone number.
type sender struct {
	client  *httpclient.Client
	replies provider.Replies
	account Account
	api     string // with the version, without a slash at its end
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	api := a.API
	if api == "" {
		api = DefaultAPI
	}
	return &sender{client: h.Client, replies: h.Replies, account: a, api: strings.TrimSuffix(api, "/") + "/" + version}, nil
}

// object is a JSON object by its names in the Graph API.
type object map[string]any

// post sends a message, as JSON. path begins with the node's id.
func (s *sender) post(ctx context.Context, path string, body object, answer any) error {
	r, err := s.posting(path, body)
	if err != nil {
		return err
	}
	return s.call(ctx, s.account.AccessToken.Reveal(), r, answer, (*refusal).classify)
}

// set is post for a setting: that may be repeated at will.
func (s *sender) set(ctx context.Context, path string, body object, answer any) error {
	r, err := s.posting(path, body)
	if err != nil {
		return err
	}
	return s.do(ctx, s.account.AccessToken.Reveal(), again(r), answer)
}

func (s *sender) posting(path string, body object) (httpclient.Request, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return httpclient.Request{}, fmt.Errorf("encode a request: %w", err)
	}
	return httpclient.Request{URL: s.api + "/" + path, Body: bytes.NewReader(data), ContentType: "application/json"}, nil
}

// again marks a call that may be repeated at will.
func again(r httpclient.Request) httpclient.Request {
	r.Idempotent, r.NoAnswer = true, noAnswer
	return r
}

// ask calls what may be repeated at will: an answer that was lost is asked for again.
func (s *sender) ask(ctx context.Context, path string, answer any) error {
	return s.do(ctx, s.account.AccessToken.Reveal(), again(httpclient.Request{URL: s.api + "/" + path}), answer)
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// do is a call that is about no message.
func (s *sender) do(ctx context.Context, token string, r httpclient.Request, answer any) error {
	return s.call(ctx, token, r, answer, (*refusal).ofCall)
}

// call is a call whose refusal is judged by what it is about.
func (s *sender) call(ctx context.Context, token string, r httpclient.Request, answer any, judge func(*refusal) error) error {
	r.Header, r.Timeout = bearer(token), callTimeout
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return err
	}
	if e, ok := failed(resp); ok {
		return judge(e)
	}
	if !resp.OK() {
		return stranger(resp)
	}
	if json.Unmarshal(resp.Body, answer) != nil {
		return resp.Unanswered(fmt.Errorf("status %d and an answer that cannot be read", resp.Status))
	}
	return nil
}

// strangersPause is how long is waited where a proxy limits the calls and tells no time: they count by the second.
const strangersPause = 5 * time.Second

// stranger classifies an answer that the Graph API did not write: a proxy's, or another server's. A 404 of such a one
// says nothing of the number: it passes, as a 502 does.
func stranger(r *httpclient.Response) error {
	cause := fmt.Errorf("status %d without an answer of the Graph API", r.Status)
	switch {
	case r.Status == http.StatusUnauthorized:
		return outcome.Suspend(refusesToken, cause)
	case r.Status == http.StatusTooManyRequests:
		after, ok := r.RetryAfter()
		if !ok {
			after = strangersPause
		}
		return outcome.Wait(after, outcome.Channel, cause)
	case r.Status >= 500:
		return outcome.Temporary(outOfOrderNow, cause)
	default:
		return outcome.Temporary(notWhatsApp, cause)
	}
}

// done is the answer of a call that changes a setting.
type done struct {
	Success bool `json:"success"`
}

func (d done) err() error {
	if d.Success {
		return nil
	}
	return outcome.Temporary(notConfirmed, errors.New("no success in the answer"))
}
