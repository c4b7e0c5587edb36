package matrix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/matrix/internal/event"
)

const (
	// syncTimeout is how long the homeserver holds a sync that has nothing to say.
	syncTimeout = 30 * time.Second
	// syncAnswer bounds an answer. The first holds the last receipts of all rooms, later ones what is new.
	syncAnswer = 64 << 20
	// syncPace is how often the homeserver is asked at most while it says nothing new: it may answer for what the filter
	// leaves out.
	syncPace = time.Second
	// joinTries is in how many syncs a room is tried to be joined that cannot be reached.
	joinTries = 20
)

// Listens implements [provider.Listener].
func (s *sender) Listens() bool { return true }

// Called implements [provider.Called]: messages come by transactions.
func (s *sender) Called() bool { return true }

// Listen implements [provider.Listener]: it syncs as the ghost, for invitations and receipts. What it hears has the form
// of a transaction. The cursor is <ghost> <next_batch>, since each user's sync counts for itself.
// https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3sync
func (s *sender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	ghost, since, _ := strings.Cut(cursor, " ")
	if ghost != s.ghost {
		since = ""
	}
	waiting := map[string]int{} // rooms that could not be joined yet, with their tries
	for ctx.Err() == nil {
		began := time.Now()
		answer, err := s.sync(ctx, since)
		if ctx.Err() != nil {
			break
		}
		if r, ok := errors.AsType[*refusal](err); ok && r.status < 500 && isRefusal(err, "M_UNKNOWN", "M_INVALID_PARAM", "M_BAD_JSON") && since != "" {
			since = "" // it no longer knows where that was: from the beginning, where what came is known by its keys
			continue
		}
		if err != nil {
			return err
		}
		heard, busy, err := s.hear(ctx, answer, waiting)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		next := s.ghost + " " + answer.Next
		if len(waiting) > 0 {
			next = "" // an invitation is told once: until it is taken, the cursor stays before it
		}
		if (busy || since == "") && (next != "" || len(heard) > 0) {
			if err := store(ctx, next, heard...); err != nil {
				return err
			}
		}
		if !busy || len(waiting) > 0 {
			provider.Pause(ctx, syncPace-time.Since(began))
		}
		since = answer.Next
	}
	return nil
}

// synced is what is read of a sync's answer.
type synced struct {
	Next  string `json:"next_batch"`
	Rooms struct {
		Invite map[string]json.RawMessage `json:"invite"`
		Join   map[string]struct {
			Timeline  events `json:"timeline"`
			State     events `json:"state"`
			Ephemeral events `json:"ephemeral"`
		} `json:"join"`
	} `json:"rooms"`
}

type events struct {
	Events []json.RawMessage `json:"events"`
}

// filter leaves of each room its receipts, and that the ghost joined it.
// https://spec.matrix.org/latest/client-server-api/#filtering
func (s *sender) filter() string {
	nothing := map[string]any{"not_types": []string{"*"}}
	joined := map[string]any{"types": []string{"m.room.member"}, "senders": []string{s.ghost}, "limit": 1}
	data, _ := json.Marshal(map[string]any{ // texts and numbers can always be written
		"presence": nothing, "account_data": nothing,
		"room": map[string]any{
			"account_data": nothing, "ephemeral": map[string]any{"types": []string{"m.receipt"}}, "timeline": joined, "state": joined,
		},
	})
	return string(data)
}

func (s *sender) sync(ctx context.Context, since string) (*synced, error) {
	query := url.Values{
		"filter": {s.filter()}, "set_presence": {"offline"}, "timeout": {strconv.FormatInt(syncTimeout.Milliseconds(), 10)},
	}
	if since != "" {
		query.Set("since", since)
	}
	var answer synced
	err := s.ask(ctx, call{
		what: "sync", method: "GET", path: []string{"sync"}, query: query, held: true, maxAnswer: syncAnswer,
		timeout: syncTimeout + httpclient.DefaultTimeout,
	}, &answer)
	if err == nil && answer.Next == "" {
		err = outcome.Temporary(unreadableAnswer, fmt.Errorf("sync: no next_batch"))
	}
	return &answer, err
}

// hear does what an answer asks for, and returns what is to be stored of it. busy says that there was something.
func (s *sender) hear(ctx context.Context, answer *synced, waiting map[string]int) (heard []provider.Heard, busy bool, err error) {
	for room := range answer.Rooms.Invite {
		waiting[room] = joinTries
	}
	if err := s.joinAll(ctx, waiting); err != nil {
		return nil, false, err
	}
	for _, room := range slices.Sorted(maps.Keys(answer.Rooms.Join)) {
		is := answer.Rooms.Join[room]
		if joined := s.joinedAt(append(is.State.Events, is.Timeline.Events...)); joined != "" {
			before, err := s.arrive(ctx, room, joined)
			if err != nil {
				return nil, false, err
			}
			heard, busy = append(heard, before...), true
		}
		if t := s.told(room, is.Ephemeral.Events); len(t.Ephemeral) > 0 {
			heard, busy = append(heard, heardAs(t)), true
		}
	}
	return heard, busy || len(answer.Rooms.Invite) > 0, nil
}

// joinAll joins the rooms that wait for it. One that cannot be reached holds back no other: it is tried again beside the
// next syncs, and by Send.
func (s *sender) joinAll(ctx context.Context, waiting map[string]int) error {
	for _, room := range slices.Sorted(maps.Keys(waiting)) {
		_, err := s.join(ctx, room)
		if f := outcome.Classify(err); f != nil && f.Class != result.Retry {
			return err
		}
		if waiting[room]--; err == nil || waiting[room] == 0 {
			delete(waiting, room)
		}
	}
	return nil
}

// told are the receipts of one room but the ghost's own, as a transaction brings them.
func (s *sender) told(room string, all []json.RawMessage) transaction {
	t := transaction{Events: []json.RawMessage{}}
	for _, raw := range all {
		e := event.Read(raw)
		if e.Text("type") != "m.receipt" {
			continue
		}
		content := map[string]event.Object{}
		for id := range e.In("content") {
			readers := e.In("content").In(id).In("m.read")
			delete(readers, s.ghost)
			if len(readers) > 0 {
				content[id] = event.Object{"m.read": written(readers)}
			}
		}
		if len(content) > 0 {
			t.Ephemeral = append(t.Ephemeral, written(map[string]any{"type": "m.receipt", "room_id": room, "content": content}))
		}
	}
	return t
}

// heardAs is a transaction that nobody sent. Its key is its content: what is heard again need not be cut alike.
func heardAs(t transaction) provider.Heard {
	body := written(t)
	sum := sha256.Sum256(body)
	return provider.Heard{Key: "sync:" + hex.EncodeToString(sum[:]), Body: body}
}

// written is a value that was read before, and so can be written.
func written(v any) json.RawMessage {
	data, _ := json.Marshal(v)
	return data
}
