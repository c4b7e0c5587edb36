package line

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// sender is one account.
type sender struct {
	client    *httpclient.Client
	replies   provider.Replies
	files     provider.Files
	token     provider.Secret
	api, data string // without a slash at their ends
	// drawing lets one picture at a time be made smaller: it may take a hundred megabytes of memory.
	drawing chan struct{}
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	s := &sender{
		client: h.Client, replies: h.Replies, files: h.Files, token: a.ChannelAccessToken, api: DefaultAPI, data: DefaultAPIData,
		drawing: make(chan struct{}, 1),
	}
	if a.API != "" {
		s.api = strings.TrimSuffix(a.API, "/")
	}
	if a.APIData != "" {
		s.data = strings.TrimSuffix(a.APIData, "/")
	}
	return s, nil
}

// apiCall is one call of the API.
type apiCall struct {
	// name stands in errors.
	name         string
	method, path string
	body         any
	// retryKey makes a repeat of the call harmless; few calls take one.
	retryKey string
	// silent says that the answer may be empty.
	silent  bool
	timeout time.Duration
	// idempotent says that the call may be repeated at will.
	idempotent bool
}

// answer is what the API says of a call: what it made of it, or why it refused.
type answer struct {
	status int
	body   []byte
	// accepted is the earlier request that had the same retry key.
	accepted bool
}

// do calls. An answer that is no success is an error, but for a retry key that is known already.
func (s *sender) do(ctx context.Context, c apiCall) (answer, error) {
	r := httpclient.Request{Method: c.method, URL: s.api + c.path, Header: s.authorization(), Timeout: c.timeout, Idempotent: c.idempotent, NoAnswer: noAnswer}
	if c.body != nil {
		data, err := json.Marshal(c.body)
		if err != nil {
			return answer{}, fmt.Errorf("encode %s: %w", c.name, err)
		}
		r.Body, r.ContentType = bytes.NewReader(data), "application/json"
	}
	if c.retryKey != "" {
		r.Header.Set("X-Line-Retry-Key", c.retryKey)
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.Status, body: resp.Body}
	switch {
	case resp.OK() && (json.Valid(resp.Body) || c.silent && len(resp.Body) == 0):
		return a, nil
	case resp.OK():
		return a, resp.Unanswered(fmt.Errorf("%s: status %d and an answer that cannot be read", c.name, resp.Status))
	case resp.Status == http.StatusConflict && c.retryKey != "" && known(resp):
		a.accepted = true
		return a, nil
	default:
		return a, refused(c.name, resp)
	}
}

// known says whether LINE answers that it has taken a request with the same retry key.
// https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
func known(r *httpclient.Response) bool {
	return r.Header.Get("X-Line-Accepted-Request-Id") != "" || strings.Contains(strings.ToLower(readError(r.Body).Message), "retry key")
}

func (s *sender) authorization() http.Header {
	return http.Header{"Authorization": {"Bearer " + s.token.Reveal()}}
}

// ask makes a call that may be repeated at will: an answer that was lost is asked for again.
func (s *sender) ask(ctx context.Context, c apiCall, result any) error {
	c.idempotent = true
	a, err := s.do(ctx, c)
	if err == nil && result != nil && json.Unmarshal(a.body, result) != nil {
		err = outcome.Temporary(noAnswer, fmt.Errorf("%s: the answer cannot be read", c.name))
	}
	return err
}
