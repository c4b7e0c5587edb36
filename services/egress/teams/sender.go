package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// sender is one bot.
type sender struct {
	account Account
	client  *httpclient.Client
	state   provider.State
	token   *provider.Token
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	s := &sender{account: a, client: h.Client, state: h.State}
	// of other credentials the token before is none
	seed := provider.NewSecret(a.TenantID + " " + a.AppID + " " + a.ClientSecret.Reveal())
	s.token = provider.NewToken(h.State, "token", seed, func(ctx context.Context, _ string) (provider.Renewed, error) { return s.login(ctx) })
	return s, nil
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	return "In the Azure portal open your Azure Bot, Configuration, and enter as messaging endpoint: " + webhookURL
}

// Check implements [provider.Checker]: it asks for a token.
func (s *sender) Check(ctx context.Context) error {
	_, err := s.login(ctx)
	return err
}

// granted is an answer of Microsoft Entra: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
type granted struct {
	Access  string  `json:"access_token"`
	Expires float64 `json:"expires_in"`
	Error   string  `json:"error"`
}

// longest is how long a token is believed to be good, whatever is told.
const longest = 24 * time.Hour

// login asks for an access token of the bot.
func (s *sender) login(ctx context.Context) (provider.Renewed, error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.account.AppID}, "client_secret": {s.account.ClientSecret.Reveal()},
		"scope": {"https://api.botframework.com/.default"},
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL:  s.account.login() + "/" + url.PathEscape(s.account.TenantID) + "/oauth2/v2.0/token",
		Body: bytes.NewReader([]byte(form.Encode())), ContentType: "application/x-www-form-urlencoded", Idempotent: true, NoAnswer: noAnswer,
	})
	if err != nil {
		return provider.Renewed{}, err
	}
	var g granted
	readable := resp.Decode(&g) == nil
	switch {
	case !resp.OK() && readable && g.Error != "" && (resp.Status == http.StatusBadRequest || resp.Status == http.StatusUnauthorized):
		// its description has ids and times, and the code is one of a few that all mean this
		return provider.Renewed{}, outcome.Suspend(secretRefused, fmt.Errorf("token: status %d", resp.Status))
	case !resp.OK():
		return provider.Renewed{}, resp.Err()
	case !readable || g.Access == "":
		return provider.Renewed{}, outcome.Temporary(strangeAnswer, errors.New("token: an answer without one"))
	}
	life := min(time.Duration(max(g.Expires, 60)*float64(time.Second)), longest)
	return provider.Renewed{Access: g.Access, Until: time.Now().Add(life)}, nil
}

// call is one call of the connector.
type call struct {
	name, url string
	body      any
	// again says that it may be made again at will.
	again bool
}

// do calls with the bot's token, and decodes what is answered. Whoever calls it has looked whether the address is Microsoft's.
func (s *sender) do(ctx context.Context, access string, c call, answer any) error {
	data, err := json.Marshal(c.body)
	if err != nil {
		return fmt.Errorf("encode %s: %w", c.name, err)
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL: c.url, Header: http.Header{"Authorization": {"Bearer " + access}}, Body: bytes.NewReader(data), ContentType: "application/json",
		Guarded: true, Told: true, Idempotent: c.again, NoAnswer: noAnswer,
	})
	if err != nil {
		return err
	}
	if err := judge(c.name, resp); err != nil {
		return err
	}
	if err := resp.Decode(answer); err != nil {
		return resp.Unanswered(fmt.Errorf("%s: %w", c.name, err))
	}
	return nil
}
