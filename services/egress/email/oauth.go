package email

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// credential is what a login is made with: a password, or an access token.
type credential struct{ password, access string }

// xoauth2 is what a client says with an access token.
// https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
func xoauth2(user, access string) string {
	return "user=" + user + "\x01auth=Bearer " + access + "\x01\x01"
}

// tokenKey is under which the mailbox's token is kept.
const tokenKey = "oauth"

// newToken is the token of an account that has no password, nil for one that has.
func (s *sender) newToken(state provider.Values) *provider.Token {
	if s.account.TokenURL == "" {
		return nil
	}
	seed := s.account.RefreshToken
	if seed.Reveal() == "" { // the login is the application's own
		seed = s.account.ClientSecret
	}
	return provider.NewToken(state, tokenKey, seed, s.refresh)
}

// entering has do log in. A token that is refused is renewed, and do is called once more.
func (s *sender) entering(ctx context.Context, do func(credential) error) error {
	if s.token == nil {
		return do(credential{password: s.account.Password.Reveal()})
	}
	return s.token.Use(ctx, func(access string) error { return do(credential{access: access}) })
}

// granted is what a token's server answers (RFC 6749, 5).
type granted struct {
	Access  string  `json:"access_token"`
	Refresh string  `json:"refresh_token"`
	Expires float64 `json:"expires_in"`
	Error   string  `json:"error"`
}

// final are errors that another try does not mend (RFC 6749, 5.2), with those of Microsoft and Google that mean a consent of a person.
var final = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true, "unsupported_grant_type": true,
	"invalid_scope": true, "interaction_required": true, "consent_required": true, "admin_policy_enforced": true,
}

// longest is how long a token is believed to be good, whatever is told; shortest the least.
const longest, shortest = 24 * time.Hour, time.Minute

// refresh asks for an access token, by the refresh token, or where the account has none by the application's secret alone.
func (s *sender) refresh(ctx context.Context, refreshToken string) (provider.Renewed, error) {
	form := url.Values{"client_id": {s.account.ClientID}}
	if secret := s.account.ClientSecret.Reveal(); secret != "" {
		form.Set("client_secret", secret)
	}
	if s.account.Scope != "" {
		form.Set("scope", s.account.Scope)
	}
	form.Set("grant_type", "client_credentials")
	if s.account.RefreshToken.Reveal() != "" {
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", refreshToken)
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL: s.account.TokenURL, Body: bytes.NewReader([]byte(form.Encode())), ContentType: "application/x-www-form-urlencoded", NoAnswer: noAnswer,
	})
	if err != nil {
		return provider.Renewed{}, err
	}
	var g granted
	readable := resp.Decode(&g) == nil
	switch {
	case !resp.OK() && readable && final[g.Error] && (resp.Status == http.StatusBadRequest || resp.Status == http.StatusUnauthorized):
		return provider.Renewed{}, outcome.Suspend(grantRefused.With("code", g.Error), fmt.Errorf("token: %s", g.Error))
	case !resp.OK():
		return provider.Renewed{}, resp.Err()
	case !readable || g.Access == "":
		return provider.Renewed{}, outcome.Temporary(strangeAnswer, errors.New("token: an answer without one"))
	}
	life := min(time.Duration(g.Expires*float64(time.Second)), longest)
	return provider.Renewed{Access: g.Access, Refresh: g.Refresh, Until: time.Now().Add(max(life, shortest))}, nil
}
