package clicksend

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// sender is one user with one sender id.
type sender struct {
	client  *httpclient.Client
	account Account
	api     string // without a slash at its end
	webhook string // this channel's address, without the token
	pace    time.Duration
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	api := a.API
	if api == "" {
		api = DefaultAPI
	}
	return &sender{client: h.Client, account: a, api: strings.TrimSuffix(api, "/"), webhook: h.WebhookURL, pace: pollPace}, nil
}

// envelope is around every answer: https://developers.clicksend.com/docs/#status-codes
type envelope struct {
	HTTPCode integer         `json:"http_code"`
	Code     string          `json:"response_code"`
	Message  string          `json:"response_msg"`
	Data     json.RawMessage `json:"data"`
}

// fine says that what was asked for was done, as a whole: what became of a message stands with the message.
func (e envelope) fine() bool {
	return e.Code == "SUCCESS" && (e.HTTPCode == 0 || e.HTTPCode >= 200 && e.HTTPCode < 300)
}

// integer is a number that ClickSend writes as a number or as a text; 0 where it is neither.
type integer int64

// UnmarshalJSON implements [json.Unmarshaler].
func (i *integer) UnmarshalJSON(data []byte) error {
	n, _ := strconv.ParseInt(text(data), 10, 64)
	*i = integer(n)
	return nil
}

// call calls the API and returns the data of an answer that is fine. The path holds no secret; its query may hold a
// number, so it goes to the client and nowhere else. doing says what is being done.
func (s *sender) call(ctx context.Context, doing, method, path string, body any) (json.RawMessage, error) {
	return s.do(ctx, doing, httpclient.Request{Method: method, URL: s.api + path}, body)
}

// ask calls what may be repeated at will: an answer that was lost is asked for again.
func (s *sender) ask(ctx context.Context, doing, method, path string, body any) (json.RawMessage, error) {
	return s.do(ctx, doing, httpclient.Request{Method: method, URL: s.api + path, Idempotent: true, NoAnswer: noAnswer}, body)
}

func (s *sender) do(ctx context.Context, doing string, r httpclient.Request, body any) (json.RawMessage, error) {
	r.Header = http.Header{"Authorization": {s.authorization()}}
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", doing, err)
		}
		r.Body, r.ContentType = bytes.NewReader(data), "application/json"
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	var e envelope
	readable := json.Unmarshal(resp.Body, &e) == nil && (e.Code != "" || e.HTTPCode != 0)
	switch {
	case readable && resp.OK() && e.fine():
		return e.Data, nil
	case readable:
		return nil, refused(doing, e, resp)
	case resp.OK():
		return nil, resp.Unanswered(fmt.Errorf("%s: status %d and an answer that cannot be read", doing, resp.Status))
	default:
		return nil, stranger(doing, resp)
	}
}

func (s *sender) authorization() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(s.account.Username+":"+s.account.APIKey.Reveal()))
}
