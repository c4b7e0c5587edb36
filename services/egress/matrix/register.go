package matrix

import (
	"context"
	"fmt"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

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
