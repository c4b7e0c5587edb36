package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/terms"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// messageBody is the page of one message.
type messageBody struct {
	*controlv1.Message
	Journey journey.View
	Entries []entry
	// Neighbours are the messages of the same contact around it and itself, the newest first; nil where there are no others.
	Neighbours []*controlv1.Message
	// Discarded says that it failed and is kept no more, so that it cannot be sent again.
	Discarded bool
}

// Waits says that it waits now, Paused that it does for an operator.
func (b *messageBody) Waits() bool { return b.GetState() == controlv1.State_STATE_WAITING }

func (b *messageBody) Paused() bool {
	return b.Waits() && b.GetWhy().GetCode() == reason.Paused.Code()
}

// Failed says that the message ended without having arrived.
func (b *messageBody) Failed() bool {
	return b.GetState() == controlv1.State_STATE_FAILED || b.GetState() == controlv1.State_STATE_FAILED_BY_RECEIPT
}

// Kind is how it is known that it failed.
func (b *messageBody) Kind() controlv1.FailureKind {
	if b.GetState() == controlv1.State_STATE_FAILED_BY_RECEIPT {
		return controlv1.FailureKind_FAILURE_KIND_RECEIPT
	}
	return controlv1.FailureKind_FAILURE_KIND_REFUSED
}

// entry is a line of the table below the drawing.
type entry struct {
	Time, After, What, Who, Why string
	// Behind is the id of the message that it waited behind; "" for none.
	Behind, Mood string
	at           time.Time
}

func (c *Console) message(q *request) (*page, error) {
	id := q.r.PathValue("id")
	a, err := ask(q.ctx, c.api.messages.Where, &controlv1.WhereRequest{Query: id, Channel: q.r.URL.Query().Get("channel"), Neighbours: true})
	if isNotFound(err) && justAccepted(id, q.Now) {
		q.w.Header().Set("Refresh", "1")
		q.refuse(http.StatusNotFound, q.W.Message.Soon)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if a.GetMatch() != controlv1.Match_MATCH_ID || len(a.GetMessages()) == 0 {
		return nil, errNoPage
	}
	if len(a.GetMessages()) > 1 { // the beginning of several ids, or one id in several channels
		return q.found("", a), nil
	}
	m := a.GetMessages()[0]
	b := &messageBody{Message: m, Entries: q.entries(m), Neighbours: around(m, a.GetNeighbours())}
	b.Journey = journey.Draw(m, journey.Options{Language: q.Lang, Now: q.Now, Href: messageHref})
	if m.GetState() == controlv1.State_STATE_FAILED {
		kept, err := ask(q.ctx, c.api.failures.ListFailures, &controlv1.ListFailuresRequest{Filter: &controlv1.FailureFilter{Key: m.GetId()}, PageSize: 1})
		if b.Discarded = err == nil && len(kept.GetFailures()) == 0; b.Discarded {
			b.Journey.Next = ""
		}
	}
	live := Path + "live?id=" + url.QueryEscape(m.GetId())
	title := q.format(q.W.Message.Title, m.GetId()[:min(len(m.GetId()), 12)])
	return &page{name: "message", Title: title, Command: "puente where " + m.GetId(), Live: live, Body: b}, nil
}

// soon is how long the history may take to know a message that was accepted.
const soon = time.Minute

// justAccepted says that an id is one of ours, of a message of the last minute: its first 48 bits are the time of acceptance.
func justAccepted(id string, now time.Time) bool {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 || len(id) != 32 {
		return false
	}
	at := time.Unix(u.Time().UnixTime())
	return at.After(now.Add(-soon)) && at.Before(now.Add(soon))
}

// around are a message and its neighbours, the newest first; nil where there are none.
func around(m *controlv1.Message, neighbours []*controlv1.Message) (all []*controlv1.Message) {
	if len(neighbours) == 0 {
		return nil
	}
	placed := false
	for _, n := range neighbours {
		if !placed && n.GetAcceptedAt().AsTime().Before(m.GetAcceptedAt().AsTime()) {
			all, placed = append(all, m), true
		}
		all = append(all, n)
	}
	if !placed {
		all = append(all, m)
	}
	return all
}

// entries are what is known of a message, line by line.
func (q *request) entries(m *controlv1.Message) (all []entry) {
	for _, l := range journey.Fold(m.GetHops()) {
		for _, h := range l.GetHolds() {
			took := h.GetUntil().AsTime().Sub(h.GetSince().AsTime())
			all = append(all, q.waited(m, q.W.Hops["waiting"]+" "+whole(q.Lang.Took(took)), l.GetService(), h))
		}
		e := entry{at: l.GetTime().AsTime(), Time: q.Instant(l.GetTime()), After: q.after(m, l.GetTime().AsTime()), What: q.W.HopOf(m.GetDirection(), l.GetHop()), Who: l.GetService(), Why: q.Reason(l.GetReason())}
		if l.GetByReceipt() && l.GetHop() == "failed" {
			e.What = q.W.Hops["failed_by_receipt"]
		}
		e.Mood = map[string]string{"sent": "good", "delivered": "good", "read": "good", "failed": "bad", "dead": "bad", "waiting": "warn", "held": "warn"}[l.GetHop()]
		if m.GetParts() > 1 {
			e.What += ", " + q.format(q.W.Message.Part, l.GetPart()+1)
		}
		if l.GetAttempts() > 1 {
			e.What += ", " + q.format(q.W.Message.Tries, l.GetAttempts())
		}
		all = append(all, e)
	}
	if m.GetState() == controlv1.State_STATE_WAITING && m.GetLive() {
		all = append(all, q.waits(m, all))
	}
	// a hold is told by what came after it
	slices.SortStableFunc(all, func(a, b entry) int { return a.at.Compare(b.at) })
	return all
}

// waited is the line of a time in which a message waited.
func (q *request) waited(m *controlv1.Message, what, who string, h *controlv1.Hold) entry {
	e := entry{
		at: h.GetSince().AsTime(), Time: q.Instant(h.GetSince()), What: what, Mood: "warn", Why: q.Reason(h.GetWhy()), Behind: h.GetBehind(),
		After: q.after(m, h.GetSince().AsTime()), Who: who,
	}
	if e.Behind != "" && h.GetWhy().GetCode() == reason.Behind.Code() { // to name the message says that
		e.Why = ""
	}
	return e
}

// waits is the line of what a message waits for now: since the last thing that is known to have happened to it.
func (q *request) waits(m *controlv1.Message, before []entry) entry {
	since := m.GetAcceptedAt()
	if n := len(before); n > 0 {
		since = timestamppb.New(before[n-1].at)
	}
	return q.waited(m, q.W.States["waiting"]+" "+q.Ago(since), "", &controlv1.Hold{Why: m.GetWhy(), Since: since, Behind: m.GetBehind()})
}

// after is how long after its acceptance something happened to a message; "" at once.
func (q *request) after(m *controlv1.Message, t time.Time) string {
	if m.GetAcceptedAt() == nil || t.Sub(m.GetAcceptedAt().AsTime()) < time.Millisecond {
		return ""
	}
	return "+" + q.Lang.Took(t.Sub(m.GetAcceptedAt().AsTime()))
}

// StandsAs is a message's state as a lamp.
func (q *request) StandsAs(m *controlv1.Message) lamp {
	mood := ""
	switch s := m.GetState(); {
	case sent(s):
		mood = "good"
	case s == controlv1.State_STATE_WAITING:
		mood = "warn"
	case s == controlv1.State_STATE_FAILED || s == controlv1.State_STATE_FAILED_BY_RECEIPT:
		mood = "bad"
	}
	return lamp{mood, q.W.StateOf(m)}
}

// StandsNow is StandsAs with what a message waits for.
func (q *request) StandsNow(m *controlv1.Message) lamp {
	l := q.StandsAs(m)
	if why := q.Reason(m.GetWhy()); why != "" && m.GetState() == controlv1.State_STATE_WAITING {
		l.Word += ": " + why
	}
	return l
}

// WayOf says which way a message goes.
func (q *request) WayOf(m *controlv1.Message) string {
	return q.W.Ways[terms.EnumWord(m.GetDirection())]
}

// TookOf is how long a message took until the far end had it, else until it ended; "" while it goes on. When it was read is the
// contact's, and is said to be.
func (q *request) TookOf(m *controlv1.Message) string {
	if sent(m.GetState()) && m.GetSentAt() != nil && m.GetAcceptedAt() != nil {
		return whole(q.Lang.Took(m.GetSentAt().AsTime().Sub(m.GetAcceptedAt().AsTime())))
	}
	if m.GetState() == controlv1.State_STATE_WAITING || m.GetState() == controlv1.State_STATE_ACCEPTED || m.GetStateAt() == nil || m.GetAcceptedAt() == nil {
		return ""
	}
	took := whole(q.Lang.Took(m.GetStateAt().AsTime().Sub(m.GetAcceptedAt().AsTime())))
	if m.GetState() == controlv1.State_STATE_READ {
		return q.format(q.W.Message.ReadAfter, took)
	}
	return took
}

// ReadAfter is how long it took until the contact read a message, beside how long it took to be sent; "" where TookOf says it, and
// where it was not read.
func (q *request) ReadAfter(m *controlv1.Message) string {
	if m.GetState() != controlv1.State_STATE_READ || m.GetSentAt() == nil || m.GetStateAt() == nil || m.GetAcceptedAt() == nil {
		return ""
	}
	return q.format(q.W.Message.ReadAfter, whole(q.Lang.Took(m.GetStateAt().AsTime().Sub(m.GetAcceptedAt().AsTime()))))
}

// ServiceOf is a service in words.
func (q *request) ServiceOf(service string) string { return q.W.Service(service) }
