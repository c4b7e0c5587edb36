package slack

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// call is one call of a method: https://docs.slack.dev/apis/web-api
type call struct {
	method string
	// form are its arguments; nil makes it a GET.
	form url.Values
	// query are those of a GET.
	query url.Values
	// app says that it is made with the app-level token.
	app bool
	// again says that it may be made again at will.
	again bool
}

// do makes a call. An answer of an error is classified.
func (s *sender) do(ctx context.Context, c call) (*httpclient.Response, error) {
	token, refuses := s.account.Token, tokenRefused
	if c.app {
		token, refuses = s.account.AppToken, appTokenRefused
	}
	r := httpclient.Request{
		Method: http.MethodGet, URL: s.account.host() + "/api/" + c.method, Header: bearer(token),
		Idempotent: c.again || c.form == nil, NoAnswer: noAnswer,
	}
	if len(c.query) > 0 {
		r.URL += "?" + c.query.Encode()
	}
	if c.form != nil {
		r.Method, r.Body, r.ContentType = http.MethodPost, body(c.form), "application/x-www-form-urlencoded"
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return resp, judge(c.method, resp, refuses)
}

// body is a form, nil for an empty one.
func body(form url.Values) io.Reader {
	if len(form) == 0 {
		return nil
	}
	return strings.NewReader(form.Encode())
}

// ask makes a call and reads its answer.
func (s *sender) ask(ctx context.Context, c call, answer any) (*httpclient.Response, error) {
	resp, err := s.do(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := resp.Decode(answer); err != nil {
		return nil, resp.Unanswered(fmt.Errorf("%s: %w", c.method, err))
	}
	return resp, nil
}

func bearer(token provider.Secret) http.Header {
	return http.Header{"Authorization": {"Bearer " + token.Reveal()}}
}

// transferTimeout bounds one file's way.
const transferTimeout = 2 * time.Minute
