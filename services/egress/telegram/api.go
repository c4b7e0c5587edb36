package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// callTimeout is longer than the client's own: Telegram fetches a file's URL before it answers.
const callTimeout = time.Minute

// sender is one bot.
type sender struct {
	client   *httpclient.Client
	replies  provider.Replies
	token    provider.Secret
	secret   provider.Secret
	mode     Mode
	api      string // without a slash at its end
	refusals refusals
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	api := a.API
	if api == "" {
		api = DefaultAPI
	}
	return &sender{client: h.Client, replies: h.Replies, token: a.Token, secret: a.SecretToken, mode: a.Mode, api: strings.TrimSuffix(api, "/")}, nil
}

// params are the parameters of a method, by their names in the Bot API.
type params map[string]any

// url is where a method is called. It holds the token, so it goes to the client and nowhere else.
func (s *sender) url(method string) string {
	return s.api + "/bot" + url.PathEscape(s.token.Reveal()) + "/" + method
}

// call calls a method with JSON. chat is whom it concerns, 0 for nobody.
func (s *sender) call(ctx context.Context, method string, chat int64, p params) (json.RawMessage, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", method, err)
	}
	return s.do(ctx, method, chat, httpclient.Request{Body: bytes.NewReader(body), ContentType: "application/json"})
}

// ask calls a method that may be repeated at will: an answer that was lost is asked for again.
func (s *sender) ask(ctx context.Context, method string, p params, result any) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode %s: %w", method, err)
	}
	raw, err := s.do(ctx, method, 0, httpclient.Request{
		Body: bytes.NewReader(body), ContentType: "application/json", Idempotent: true, NoAnswer: noAnswer,
	})
	if err == nil && result != nil && json.Unmarshal(raw, result) != nil {
		err = outcome.Temporary(noAnswer, fmt.Errorf("%s: the result cannot be read", method))
	}
	return err
}

// answer is https://core.telegram.org/bots/api#making-requests.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int64 `json:"retry_after"`
	} `json:"parameters"`
}

func (s *sender) do(ctx context.Context, method string, chat int64, r httpclient.Request) (json.RawMessage, error) {
	r.URL = s.url(method)
	if r.Timeout == 0 {
		r.Timeout = callTimeout
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	var a answer
	readable := json.Unmarshal(resp.Body, &a) == nil
	switch {
	case readable && a.OK && resp.OK():
		return a.Result, nil
	case readable && !a.OK && a.Code != 0:
		return nil, s.refused(method, chat, a, resp)
	case resp.OK():
		return nil, resp.Unanswered(fmt.Errorf("%s: status %d and an answer that cannot be read", method, resp.Status))
	default:
		return nil, stranger(method, resp)
	}
}

// strangersPause is how long is waited where a proxy limits the calls and tells no time: they count by the second.
const strangersPause = 5 * time.Second

// stranger classifies an answer that the Bot API did not write: a proxy's, or another server's. A 404 of such a one says
// nothing of the bot: it passes, as a 502 does.
func stranger(method string, r *httpclient.Response) error {
	cause := fmt.Errorf("%s: status %d without a Bot API answer", method, r.Status)
	switch {
	case r.Status == 401:
		return outcome.Suspend(tokenRefused, cause)
	case r.Status == 413:
		return outcome.Reject(tooLarge, cause)
	case r.Status == 429:
		after, ok := r.RetryAfter()
		if !ok {
			after = strangersPause
		}
		return outcome.Wait(after, outcome.Channel, cause)
	case r.Status >= 500:
		return outcome.Temporary(outOfOrder, cause)
	default:
		return outcome.Temporary(notTelegram, cause)
	}
}
