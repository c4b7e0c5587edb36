package twilio

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// callTimeout bounds one call of the API. Twilio answers once it has taken a message, and sends it afterwards.
const callTimeout = 20 * time.Second

type sender struct {
	api, sid, from string
	token          provider.Secrets
	webhookURL     string
	client         *httpclient.Client
	replies        provider.Replies
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	api := a.API
	if api == "" {
		api = DefaultAPI
	}
	return &sender{
		api: strings.TrimRight(api, "/"), sid: a.AccountSid, from: a.From, token: a.AuthToken,
		webhookURL: h.WebhookURL, client: h.Client, replies: h.Replies,
	}, nil
}

// path is https://www.twilio.com/docs/usage/requests-to-twilio: the resources of the account.
func (s *sender) path(resource string) string {
	return s.api + "/2010-04-01/Accounts/" + url.PathEscape(s.sid) + resource
}

// header are the credentials: of several auth tokens the first, which Twilio takes before it is promoted too.
// https://www.twilio.com/docs/iam/api/authtoken
func (s *sender) header() http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(s.sid+":"+s.token.First()))}}
}

// message is https://www.twilio.com/docs/messaging/api/message-resource.
type message struct {
	Sid       string `json:"sid"`
	Status    string `json:"status"`
	ErrorCode code   `json:"error_code"`
}

// code is a number that may come as a text; 0 where it is none.
type code int

// UnmarshalJSON implements [json.Unmarshaler].
func (c *code) UnmarshalJSON(data []byte) error {
	n, _ := strconv.Atoi(strings.Trim(string(data), `"`))
	*c = code(n)
	return nil
}

// create makes a message, and returns its SID.
func (s *sender) create(ctx context.Context, form url.Values) (string, error) {
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL: s.path("/Messages.json"), Header: s.header(), Body: strings.NewReader(form.Encode()),
		ContentType: "application/x-www-form-urlencoded", Timeout: callTimeout,
	})
	if err != nil {
		return "", err
	}
	if !resp.OK() {
		return "", refused("create message", resp)
	}
	var m message
	if err := resp.Decode(&m); err != nil || m.Sid == "" {
		return "", resp.Unanswered(fmt.Errorf("create message: status %d and an answer that cannot be read", resp.Status))
	}
	switch m.Status {
	case "failed", "undelivered", "canceled": // it has a SID, and no status will follow
		return "", outcome.Reject(reasonOf(int(m.ErrorCode)), fmt.Errorf("create message: status %s, error %d", m.Status, m.ErrorCode))
	}
	return m.Sid, nil
}

// ask makes a call that may be repeated at will, a POST where it has a form.
func (s *sender) ask(ctx context.Context, what, address string, form url.Values, result any) error {
	r := httpclient.Request{URL: address, Header: s.header(), Timeout: callTimeout, Idempotent: true, NoAnswer: noAnswer}
	if form != nil {
		r.Body, r.ContentType = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	resp, err := s.client.Do(ctx, r)
	switch {
	case err != nil:
		return err
	case !resp.OK():
		return refused(what, resp)
	case json.Unmarshal(resp.Body, result) != nil:
		return outcome.Temporary(unreadableAnswer, errors.New(what+": no JSON"))
	}
	return nil
}
