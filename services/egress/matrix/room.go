package matrix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// room is the room that a message goes to, one that both are in or the contact is invited to: where the contact wrote
// last, the recorded one, or a new one; not the one that has proved to be closed.
func (s *sender) room(ctx context.Context, m *messagev1.Message, closed string) (string, error) {
	contact := m.GetContact().GetAddress()
	last, err := s.replies.Last(ctx, contact)
	if err != nil {
		return "", outcome.Temporary(roomNotLookedUp, err)
	}
	recorded, err := s.record(ctx, contact)
	if err != nil {
		return "", err
	}
	for _, room := range slices.Compact([]string{last.Token, recorded}) {
		if room == "" || room == closed {
			continue
		}
		ok, err := s.shared(ctx, room, contact)
		if err != nil {
			return "", err
		}
		if ok && room != recorded { // before it is used: another try has to find it
			err = s.keep(ctx, contact, room)
		}
		if ok {
			return room, err
		}
	}
	return s.create(ctx, m, closed)
}

// shared makes sure that the ghost is in a room and the contact is, or is invited. It says whether that can be.
func (s *sender) shared(ctx context.Context, room, contact string) (bool, error) {
	membership, err := s.membership(ctx, room, contact)
	if isRefusal(err, forbidden) { // the ghost is not in it: it may be invited
		if joined, err := s.join(ctx, room); err != nil || !joined {
			return false, err
		}
		membership, err = s.membership(ctx, room, contact)
	}
	switch {
	case isRefusal(err, forbidden, notFound):
		return false, nil
	case err != nil:
		return false, err
	}
	switch membership {
	case "join", "invite":
		return true, nil
	case "leave", "knock":
		return s.invite(ctx, room, contact)
	default: // banned, or something new
		return false, nil
	}
}

// membership is what a user is in a room, as the ghost sees it.
// https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3roomsroomidstateeventtypestatekey
func (s *sender) membership(ctx context.Context, room, user string) (string, error) {
	var member struct {
		Membership string `json:"membership"`
	}
	err := s.ask(ctx, call{what: "membership", method: "GET", path: []string{"rooms", room, "state", "m.room.member", user}}, &member)
	return member.Membership, err
}

// join says whether the ghost is in the room now.
func (s *sender) join(ctx context.Context, room string) (bool, error) {
	err := s.ask(ctx, call{what: "join", method: "POST", path: []string{"rooms", room, "join"}, body: struct{}{}, timeout: slow}, nil)
	return notRefused(err)
}

// invite says whether the contact is invited now.
func (s *sender) invite(ctx context.Context, room, contact string) (bool, error) {
	err := s.ask(ctx, call{
		what: "invite", method: "POST", path: []string{"rooms", room, "invite"}, body: map[string]string{"user_id": contact}, timeout: slow,
	}, nil)
	return notRefused(err)
}

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

// notRefused tells a definite no from what may pass.
func notRefused(err error) (bool, error) {
	if _, refused := errors.AsType[*refusal](err); refused && outcome.Classify(err).Class == result.Rejected {
		return false, nil
	}
	return err == nil, err
}

// recordType is the type of the account data that holds the room of one contact. A type may have 255 bytes, a user id
// too. https://spec.matrix.org/latest/client-server-api/#client-config
func recordType(contact string) string {
	sum := sha256.Sum256([]byte(contact))
	return "com.bonychat.puente.room." + hex.EncodeToString(sum[:])
}

type record struct {
	Room string `json:"room_id"`
}

// record is the room that is recorded for a contact, "" for none.
func (s *sender) record(ctx context.Context, contact string) (string, error) {
	var r record
	err := s.ask(ctx, call{what: "read the contact's room", method: "GET", path: []string{"user", s.ghost, "account_data", recordType(contact)}}, &r)
	if isRefusal(err, notFound) {
		return "", nil
	}
	return r.Room, err
}

// keep records the room of a contact.
func (s *sender) keep(ctx context.Context, contact, room string) error {
	return s.ask(ctx, call{
		what: "record the contact's room", method: "PUT", path: []string{"user", s.ghost, "account_data", recordType(contact)}, body: record{room},
	}, nil)
}
