package matrix

import (
	"context"
	"errors"
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// create makes a room and invites the contact. The contact has no power in it, so that nobody turns encryption on.
// Its alias derives from the message: a try that was not answered is found by it, and no second room is made.
func (s *sender) create(ctx context.Context, m *messagev1.Message, closed string) (string, error) {
	contact := m.GetContact().GetAddress()
	name := s.account.UserPrefix + "_" + provider.IdempotencyKey(m)
	var made record
	// https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3createroom
	err := s.ask(ctx, call{
		what: "create room", method: "POST", path: []string{"createRoom"}, timeout: slow,
		body: map[string]any{"preset": "private_chat", "is_direct": true, "invite": []string{contact}, "room_alias_name": name},
	}, &made)
	if isRefusal(err, roomInUse) {
		made.Room, err = s.made(ctx, name, contact)
	}
	switch _, refused := errors.AsType[*refusal](err); {
	case refused && outcome.Classify(err).Class == result.Rejected:
		return "", outcome.Reject(cannotReach, err)
	case err != nil:
		return "", err
	case made.Room == "":
		return "", outcome.Temporary(noAnswer, errors.New("create room: an answer without a room"))
	case made.Room == closed:
		return "", outcome.Reject(roomClosed, errors.New("create room: it is closed again"))
	}
	s.anonymize(ctx, made.Room)
	return made.Room, s.keep(ctx, contact, made.Room)
}

// made is the room of an earlier try, the contact invited.
func (s *sender) made(ctx context.Context, name, contact string) (string, error) {
	var found record
	alias := "#" + name + ":" + s.account.ServerName
	if err := s.ask(ctx, call{what: "look up alias", method: "GET", path: []string{"directory", "room", alias}}, &found); err != nil {
		return "", err
	}
	ok, err := s.shared(ctx, found.Room, contact)
	if err == nil && !ok { // it is there, and the invitation that was part of making it is not
		ok, err = s.invite(ctx, found.Room, contact)
	}
	if err == nil && !ok {
		err = outcome.Reject(cannotReach, fmt.Errorf("invite: refused"))
	}
	return found.Room, err
}

// anonymize takes the alias out of the room's state, where clients would show it in place of who is in the room. The
// directory keeps it. Nothing depends on it.
func (s *sender) anonymize(ctx context.Context, room string) {
	_ = s.ask(ctx, call{
		what: "hide alias", method: "PUT", path: []string{"rooms", room, "state", "m.room.canonical_alias", ""}, body: struct{}{},
	}, nil)
}
