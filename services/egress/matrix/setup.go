package matrix

import (
	"context"
	"fmt"
	"path"
	"regexp"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Setup implements [provider.Setter]. A registration is a file at the homeserver, so a person has to put it there: Setup
// says so where the homeserver does not know the as_token, and asks it to call back where it does.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	err := s.register(ctx)
	if isRefusal(err, unknownToken) {
		return "give this registration to the homeserver and restart it:\n" + s.Instructions(webhookURL), nil
	}
	if err != nil {
		return "", err
	}
	return s.ping(ctx, webhookURL)
}

// ping asks the homeserver to call back: https://spec.matrix.org/latest/application-service-api/#pinging
func (s *sender) ping(ctx context.Context, webhookURL string) (todo string, err error) {
	err = s.once(ctx, call{
		what: "ping", method: "POST", prefix: "/_matrix/client/v1/appservice", path: []string{registrationID(webhookURL), "ping"},
		body: struct{}{}, anonymous: true, idempotent: true,
	}, nil)
	switch {
	case older(err), isRefusal(err, forbidden): // it cannot, or the registration has an id of its own
		return "", nil
	case isRefusal(err, "M_URL_NOT_SET"):
		return "the registration at the homeserver has no url: it must be " + webhookURL, nil
	case isRefusal(err, "M_BAD_STATUS"):
		return "the homeserver's calls are refused: its registration must have the url " + webhookURL + " and the same hs_token", nil
	default: // M_CONNECTION_FAILED too: the bridge may be starting
		return "", err
	}
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error { return s.register(ctx) }

// Instructions implements [provider.Instructor]: the registration, with names in place of the tokens.
// https://spec.matrix.org/latest/application-service-api/#registration
func (s *sender) Instructions(webhookURL string) string {
	user := "@" + regexp.QuoteMeta(s.account.UserPrefix) + ":" + regexp.QuoteMeta(s.account.ServerName)
	alias := "#" + regexp.QuoteMeta(s.account.UserPrefix) + "_.*:" + regexp.QuoteMeta(s.account.ServerName)
	return fmt.Sprintf(`id: %s
url: %s
as_token: <AS_TOKEN>
hs_token: <HS_TOKEN>
sender_localpart: %s
rate_limited: false
namespaces:
  users: [{exclusive: true, regex: '%s'}]
  aliases: [{exclusive: true, regex: '%s'}]
  rooms: []
`, registrationID(webhookURL), webhookURL, s.account.UserPrefix, user, alias)
}

// registrationID is what the registration is called: the channel is part of it.
func registrationID(webhookURL string) string { return "puente-" + path.Base(webhookURL) }

// register registers the ghost where the homeserver does not know it.
// https://spec.matrix.org/latest/application-service-api/#server-admin-style-permissions
func (s *sender) register(ctx context.Context) error {
	if err := s.whoami(ctx); !isRefusal(err, forbidden) {
		return err
	}
	err := s.once(ctx, call{
		what: "register", method: "POST", path: []string{"register"}, anonymous: true, idempotent: true,
		body: map[string]any{"type": "m.login.application_service", "username": s.account.UserPrefix, "inhibit_login": true},
	}, nil)
	if err != nil && !isRefusal(err, userInUse) {
		return err
	}
	err = s.whoami(ctx)
	if isRefusal(err, forbidden) {
		return outcome.Suspend(otherUser, err)
	}
	return err
}

// whoami asks who the as_token is, as the ghost.
func (s *sender) whoami(ctx context.Context) error {
	var who struct {
		User string `json:"user_id"`
	}
	err := s.once(ctx, call{what: "whoami", method: "GET", path: []string{"account", "whoami"}, idempotent: true}, &who)
	if err == nil && who.User != s.ghost {
		return outcome.Suspend(otherServer, fmt.Errorf("whoami: another user"))
	}
	return err
}
