package matrix

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// client is where the client-server API begins.
const client = "/_matrix/client/v3"

// slow bounds calls that may have to reach another homeserver: a room that is joined, somebody who is invited.
const slow = time.Minute

// sender is one channel's user at its homeserver. It does not change: what it has to remember stands at the homeserver.
type sender struct {
	client     *httpclient.Client
	replies    provider.Replies
	homeserver string // without a slash at its end
	token      provider.Secret
	account    Account
	ghost      string
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{
		client: h.Client, replies: h.Replies, homeserver: strings.TrimSuffix(a.Homeserver, "/"), token: a.ASToken, account: a,
		ghost: a.ghost(),
	}, nil
}

// call is one call of the client-server API, as the ghost.
type call struct {
	// what names it in errors.
	what   string
	method string
	// path are its segments after the prefix, which is client unless it begins with one of its own.
	prefix string
	path   []string
	query  url.Values
	// body is sent as JSON, nil for none.
	body any
	// anonymous is a call of the application service itself.
	anonymous bool
	timeout   time.Duration
	held      bool
	// idempotent is a call that may be repeated at will.
	idempotent bool
	maxAnswer  int64
}

func (s *sender) address(c call) string {
	prefix := c.prefix
	if prefix == "" {
		prefix = client
	}
	var b strings.Builder
	b.WriteString(s.homeserver + prefix)
	for _, segment := range c.path {
		b.WriteString("/" + url.PathEscape(segment))
	}
	query := url.Values{}
	for name, values := range c.query {
		query[name] = values
	}
	if !c.anonymous {
		query.Set("user_id", s.ghost) // https://spec.matrix.org/latest/application-service-api/#identity-assertion
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String()
}

func (s *sender) header() http.Header {
	return http.Header{"Authorization": {"Bearer " + s.token.Reveal()}}
}

// do makes a call and reads its answer into result, unless that is nil. An answer that was lost, or that cannot be read,
// is uncertain. What the homeserver forbids it may forbid because it does not know the ghost yet: that is made sure of, and
// the call made again.
func (s *sender) do(ctx context.Context, c call, result any) error {
	err := s.once(ctx, c, result)
	if c.anonymous || !isRefusal(err, forbidden) {
		return err
	}
	if asked := s.register(ctx); asked != nil {
		return asked
	}
	return s.once(ctx, c, result) // also where it was known: somebody else may have registered it in between
}

// ask is do for a call that may be repeated at will: an answer that was lost is asked for again.
func (s *sender) ask(ctx context.Context, c call, result any) error {
	c.idempotent = true
	return s.do(ctx, c, result)
}

func (s *sender) once(ctx context.Context, c call, result any) error {
	r := httpclient.Request{
		Method: c.method, URL: s.address(c), Header: s.header(), Timeout: c.timeout, Held: c.held, MaxAnswer: c.maxAnswer,
		Idempotent: c.idempotent, NoAnswer: noAnswer,
	}
	if c.body != nil {
		body, err := json.Marshal(c.body)
		if err != nil {
			return fmt.Errorf("encode %s: %w", c.what, err)
		}
		r.Body, r.ContentType = bytes.NewReader(body), "application/json"
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return err
	}
	return understand(c.what, resp, result)
}

// understand reads an answer.
func understand(what string, resp *httpclient.Response, result any) error {
	if !resp.OK() {
		return failure(what, resp)
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(resp.Body, &o) != nil || o == nil || result != nil && json.Unmarshal(resp.Body, result) != nil {
		return resp.Unanswered(fmt.Errorf("%s: status %d and an answer that cannot be read", what, resp.Status))
	}
	return nil
}
