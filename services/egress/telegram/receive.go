package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// Why an update is ignored.
const (
	ignoredGroup        = "group chat"
	ignoredChannel      = "channel"
	ignoredBlocked      = "blocked by the contact"
	ignoredUnblocked    = "unblocked by the contact"
	ignoredMembership   = "membership"
	ignoredService      = "service message"
	ignoredLiveLocation = "live location update"
	ignoredCallback     = "callback without data"
	ignoredUnknown      = "unknown update"
)

// receive reads one update. Ids count per bot, so the bot's stands in every key: another bot of the same channel begins
// with 1 again. A block by the contact makes no receipt, since it names no message: the next send fails
// with that reason.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	var u update
	if err := json.Unmarshal(c.Body, &u); err != nil {
		return nil, errors.New(provider.Misread("the update", err))
	}
	if u.ID == nil {
		return nil, errors.New("the call is no update: it has no update_id")
	}
	var e provider.Event
	var err error
	switch {
	case u.Message != nil:
		e, err = u.Message.event(a, c.Body, false)
	case u.EditedMessage != nil:
		e, err = u.EditedMessage.event(a, c.Body, true)
	case u.CallbackQuery != nil:
		e, err = u.CallbackQuery.event(a)
	case u.MyChatMember != nil:
		e = provider.IgnoredEvent(u.MyChatMember.reason())
	default:
		e = provider.IgnoredEvent(otherUpdate(c.Body))
	}
	if err != nil {
		return nil, err
	}
	return []provider.Event{e}, nil
}

func (m *message) event(a Account, body []byte, edited bool) (provider.Event, error) {
	if m.lacks() != "" {
		return provider.Event{}, errors.New(m.lacks())
	}
	if reason := m.Chat.ignored(); reason != "" {
		return provider.IgnoredEvent(reason), nil
	}
	if edited && (m.Location != nil || m.Venue != nil) {
		return provider.IgnoredEvent(ignoredLiveLocation), nil // only a place that moves is ever edited
	}
	c := m.content()
	if c == nil {
		words := otherMessage(body)
		if words == "" {
			return provider.IgnoredEvent(ignoredService), nil
		}
		c = content.Text(words)
	}
	first := fmt.Sprintf("%s:%d:%d", a.bot(), m.Chat.ID, m.ID) // ids count per bot and chat
	key, written := first, at(m.Date)
	if edited {
		key += ":e" + strconv.FormatInt(m.EditDate, 10)
		if m.EditDate != 0 {
			written = at(m.EditDate)
		}
	}
	e := provider.MessageEvent(key, m.Chat.contact(m.From), content.WithNotes(c, m.notes()...)).WithTime(written)
	if edited {
		e = e.AsEdit(first)
	}
	if !written.IsZero() {
		e = e.WithReply(provider.Reply{Token: m.topic(), Until: written.Add(answerable)})
	}
	return e, nil
}

// lacks is what a message does not have and must, "" for nothing.
func (m *message) lacks() string {
	switch {
	case m.ID == 0:
		return "a message has no message_id"
	case m.Chat.ID == 0:
		return "a message has no chat.id"
	default:
		return ""
	}
}

// answerable is how long an answer goes to the topic of a contact's last message.
const answerable = 24 * time.Hour

// topic is the topic that a message stands in, "" for the chat itself. A message that only answers another has a thread
// too, and no topic.
func (m *message) topic() string {
	if !m.InTopic || m.Topic == 0 {
		return ""
	}
	return strconv.FormatInt(m.Topic, 10)
}

// event is the button's data as a text. A callback tells no time of its own.
func (q *callbackQuery) event(a Account) (provider.Event, error) {
	if q.ID == "" {
		return provider.Event{}, errors.New("a callback_query has no id")
	}
	if q.From == nil || q.From.ID == 0 {
		return provider.Event{}, errors.New("a callback_query has no from.id")
	}
	if q.Message != nil {
		if reason := q.Message.Chat.ignored(); reason != "" {
			return provider.IgnoredEvent(reason), nil
		}
	}
	if q.Data == "" {
		return provider.IgnoredEvent(ignoredCallback), nil
	}
	private := chat{ID: q.From.ID} // a private chat has the id of its user
	return provider.MessageEvent(a.bot()+":cb:"+q.ID, private.contact(q.From), content.Text(q.Data)), nil
}

func (m *chatMember) reason() string {
	switch reason := m.Chat.ignored(); {
	case reason != "":
		return reason
	case m.New.Status == "kicked":
		return ignoredBlocked
	case m.New.Status == "member":
		return ignoredUnblocked
	default:
		return ignoredMembership
	}
}

// ignored is why a chat is of no interest, "" for a private one.
func (c chat) ignored() string {
	switch c.Type {
	case "private":
		return ""
	case "channel":
		return ignoredChannel
	default:
		return ignoredGroup
	}
}

func (c chat) contact(from *user) *messagev1.Contact {
	p := &messagev1.Profile{FirstName: c.FirstName, LastName: c.LastName}
	if from != nil {
		p.FirstName, p.LastName, p.Language = from.FirstName, from.LastName, language(from.LanguageCode)
	}
	return &messagev1.Contact{Address: strconv.FormatInt(c.ID, 10), Profile: p}
}

// language is the ISO 639-1 part of an IETF tag, "" where it has none.
func language(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	if len(tag) != 2 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return tag
}

// at is a time in Unix seconds; zero where it cannot be one.
func at(seconds int64) time.Time {
	const year9999 = 253402300799
	if seconds <= 0 || seconds > year9999 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
