package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// LetterKind is what a dead letter holds. The zero value is what cannot be brought back.
type LetterKind int

// The kinds of dead letters.
const (
	LetterOther    LetterKind = iota // what no service of this version can read, or an outcome: nothing to bring back
	LetterStatus                     // what the platform was to be told of a message: stale by now
	LetterOutbound                   // a message for a contact, or a part of one
	LetterInbound                    // a message for the platform, or a part of one
	LetterEcho                       // the same, written by the business elsewhere
	LetterCall                       // a network's call that could not be read, or an event of one
)

func (k LetterKind) String() string {
	return [...]string{"other", "status", "outbound", "inbound", "echo", "call"}[k]
}

// Letter is a dead letter without what it holds: no content and no personal data.
type Letter struct {
	// Sequence is its place among all of them.
	Sequence uint64
	Kind     LetterKind
	// Service gave it up. Network and Channel are the channel's.
	Service, Network, Channel string
	// Key is the send's, or else names the entry that could not be handled.
	Key string
	// ID and Generation are the message's, Part and Parts say which piece it is, 0 of 1 for a whole one. ID is "" for
	// what is no message.
	ID         string
	Generation uint32
	Part       uint32
	Parts      uint32
	// Reason is why.
	Reason string
	At     time.Time
	// TraceID is 32 hex digits, "" where tracing was off.
	TraceID string

	subject string // it was on
	entry   uint64 // its sequence there
}

// LetterQuery says which dead letters. Empty fields do not choose.
type LetterQuery struct {
	Network, Channel string
	// Since is the earliest time.
	Since time.Time
	// After is the place of the last one of the page before.
	After uint64
	// Limit is how many at most; default 100.
	Limit int
}

// defaultLetters is how many dead letters a page has that does not say.
const defaultLetters = 100

// Letters lists dead letters, the oldest first, and says whether there may be more.
func (b *Bus) Letters(ctx context.Context, q LetterQuery) (letters []Letter, more bool, err error) {
	if q.Limit <= 0 {
		q.Limit = defaultLetters
	}
	filter := topology.DeadSubject("*", anyToken(q.Network), anyToken(q.Channel))
	if err := checkFilter(filter); err != nil {
		return nil, false, fmt.Errorf("dead letters of network %.40q, channel %.40q: %w", q.Network, q.Channel, err)
	}
	s, err := b.stream(ctx, topology.Dead.Name)
	if err != nil {
		return nil, false, err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("state of %s: %w", topology.Dead.Name, err)
	}
	// what is buried while this reads is for the next time
	for next := q.After + 1; next <= info.State.LastSeq; {
		m, err := s.GetMsg(ctx, next, jetstream.WithGetMsgSubject(filter))
		if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Sequence > info.State.LastSeq {
			return letters, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("read %s: %w", topology.Dead.Name, err)
		}
		next = m.Sequence + 1
		letter, _, _ := openLetter(m)
		if letter.At.Before(q.Since) {
			continue
		}
		if len(letters) == q.Limit {
			return letters, true, nil
		}
		letters = append(letters, letter)
	}
	return letters, false, nil
}

func anyToken(token string) string {
	if token == "" {
		return "*"
	}
	return token
}

// openLetter reads a stored dead letter, and the event that it holds where it holds one. What cannot be read is a
// letter too, of [LetterOther].
func openLetter(m *jetstream.RawStreamMsg) (Letter, *eventv1.DeadLetter, *eventv1.Event) {
	l := Letter{Sequence: m.Sequence, At: m.Time, Parts: 1, Reason: "the dead letter cannot be read"}
	if t := strings.Split(m.Subject, "."); len(t) == 4 {
		l.Service, l.Network, l.Channel = t[1], t[2], t[3]
	}
	dead := &eventv1.DeadLetter{}
	if err := proto.Unmarshal(m.Data, dead); err != nil {
		return l, dead, nil
	}
	l.Key, l.Reason, l.TraceID = dead.GetKey(), dead.GetReason(), dead.GetTraceId()
	l.subject, l.entry = dead.GetSubject(), dead.GetSequence()
	if dead.GetAt() != nil {
		l.At = dead.GetAt().AsTime()
	}
	switch kind, _, _ := strings.Cut(l.subject, "."); kind {
	case "webhook":
		l.Kind = LetterCall
	case "message", "egress":
		event := &eventv1.Event{}
		if err := proto.Unmarshal(dead.GetBody(), event); err == nil {
			l.describe(event)
			return l, dead, event
		}
	}
	return l, dead, nil
}

func (l *Letter) describe(e *eventv1.Event) {
	var m *messagev1.Message
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Status:
		l.Kind, l.ID, l.Generation = LetterStatus, k.Status.GetId(), k.Status.GetGeneration()
		return
	case *eventv1.Event_Echo:
		m, l.Kind = k.Echo.GetMessage(), LetterEcho
	case *eventv1.Event_Message:
		m = k.Message
		switch m.GetDirection() {
		case messagev1.Direction_DIRECTION_OUTBOUND:
			l.Kind = LetterOutbound
		case messagev1.Direction_DIRECTION_INBOUND:
			l.Kind = LetterInbound
		}
	}
	if m.GetId() == "" {
		l.Kind = LetterOther
		return
	}
	l.ID, l.Generation = m.GetId(), m.GetGeneration()
	if p := m.GetPart(); p != nil {
		l.Part, l.Parts = p.GetIndex(), p.GetCount()
	}
}

// waits says that it was ready for a far end when it was given up; what was not is handled by the translator again.
func (l Letter) waits() bool { return strings.HasPrefix(l.subject, "egress.") }

// Together puts the letters that are replayed together beside each other, in the order in which the first of each
// came: those of one message, whose parts go all at once or not at all, and those of one call, which is read again
// whole. Everything else is alone.
func Together(letters []Letter) [][]Letter {
	var groups [][]Letter
	places := map[string]int{}
	for _, l := range letters {
		whole, shared := l.whole()
		at, ok := places[whole]
		if !shared || !ok {
			at, groups = len(groups), append(groups, nil)
		}
		if shared {
			places[whole] = at
		}
		groups[at] = append(groups[at], l)
	}
	return groups
}

// whole names what a letter is a piece of, where that may have several.
func (l Letter) whole() (name string, shared bool) {
	switch {
	case (l.Kind == LetterOutbound || l.Kind == LetterInbound) && l.waits():
		return l.subject + " " + l.ID, true
	case l.Kind == LetterCall && l.entry != 0:
		return fmt.Sprintf("%s %d", l.subject, l.entry), true
	default:
		return "", false
	}
}
