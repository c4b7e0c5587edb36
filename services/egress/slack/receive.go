package slack

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Why an event is ignored.
const (
	ignoredBot     = "a message of a bot"
	ignoredNote    = "a note of Slack's"
	ignoredOther   = "no direct message"
	ignoredNoEdit  = "no edit"
	ignoredEvent   = "no message"
	ignoredCommand = "a slash command"
	ignoredAction  = "no quick reply"
	ignoredCall    = "a call of another kind"
)

// userID, channelID and threadID are ids of people, of direct messages and of threads: https://docs.slack.dev/reference/objects/conversation-object
var (
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)
	channelID = regexp.MustCompile(`^D[A-Z0-9]{1,30}$`)
	threadID  = regexp.MustCompile(`^[0-9]{1,12}\.[0-9]{1,9}$`)
)

// outer is what every call has: https://docs.slack.dev/apis/events-api#callback-field, and those of interactions
type outer struct {
	Type    string          `json:"type"`
	Event   json.RawMessage `json:"event"`
	Command string          `json:"command"`
}

// receive reads an event or an interaction. Over the websocket both are JSON; a call of an interaction is a form.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	body := c.Body
	if c.IsForm() {
		form, err := url.ParseQuery(string(c.Body))
		if err != nil {
			return nil, errors.New("the form cannot be read")
		}
		if !form.Has("payload") { // https://docs.slack.dev/interactivity/implementing-slash-commands
			return []provider.Event{provider.IgnoredEvent(ignoredCommand)}, nil
		}
		body = []byte(form.Get("payload"))
	}
	var o outer
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, errors.New(provider.Misread("the call", err))
	}
	switch {
	case o.Type == "event_callback":
		return readEvent(o.Event), nil
	case o.Type == "block_actions":
		return readActions(body), nil
	case o.Type == "app_rate_limited": // https://docs.slack.dev/reference/events/app_rate_limited
		return []provider.Event{provider.UnreadableEvent("Slack has left out events: there were more than it delivers in an hour")}, nil
	case o.Command != "":
		return []provider.Event{provider.IgnoredEvent(ignoredCommand)}, nil
	case o.Type == "":
		return nil, errors.New("the call has no type")
	default:
		return []provider.Event{provider.IgnoredEvent(ignoredCall)}, nil
	}
}

func one(e provider.Event) []provider.Event { return []provider.Event{e} }

// readEvent reads one event. What is of no interest is that also where the rest of it cannot be read.
func readEvent(raw json.RawMessage) []provider.Event {
	var m message
	err := json.Unmarshal(raw, &m)
	switch {
	case m.Type != "" && m.Type != "message":
		return one(provider.IgnoredEvent(ignoredEvent))
	case m.ChannelType != "" && m.ChannelType != "im" && m.ChannelType != "app_home": // https://docs.slack.dev/reference/events/message.app_home
		return one(provider.IgnoredEvent(ignoredOther))
	case m.Subtype == "bot_message" || m.Bot != "":
		return one(provider.IgnoredEvent(ignoredBot))
	case notes[m.Subtype]:
		return one(provider.IgnoredEvent(ignoredNote))
	case err != nil:
		return one(provider.UnreadableEvent(provider.Misread("an event", err)))
	case m.Type == "":
		return one(provider.UnreadableEvent("an event has no type"))
	case !channelID.MatchString(m.Channel):
		return one(provider.UnreadableEvent("a message has no channel"))
	}
	switch m.Subtype {
	case "message_changed":
		return m.change()
	case "message_deleted":
		return one(m.deletion())
	default:
		return m.events("")
	}
}

// notes are subtypes that nobody wrote: https://docs.slack.dev/reference/events/message#subtypes
var notes = words("channel_archive", "channel_join", "channel_leave", "channel_name", "channel_posting_permissions", "channel_purpose",
	"channel_topic", "channel_unarchive", "channel_convert_to_private", "ekm_access_denied", "group_archive", "group_join", "group_leave",
	"group_name", "group_purpose", "group_topic", "group_unarchive", "message_replied", "pinned_item", "unpinned_item", "reminder_add",
	"reply_broadcast", "assistant_app_thread", "document_mention", "bot_add", "bot_remove", "bot_enable", "bot_disable", "huddle_thread",
	"channel_canvas_updated", "tombstone")

// events are those of a message, of which edited is the version, "" for the first. A message with several files is as many messages,
// of which the first has the text, and is all that is edited.
func (m *message) events(edited string) (all []provider.Event) {
	switch {
	case m.TS == "":
		return one(provider.UnreadableEvent("a message has no ts"))
	case !userID.MatchString(m.User):
		return one(provider.UnreadableEvent("a message is from nobody"))
	}
	first := m.Channel + ":" + m.TS
	if edited != "" {
		return one(provider.MessageEvent(first+":"+edited, m.contact(), m.contents()[0]).WithTime(at(edited)).AsEdit(first))
	}
	for i, c := range m.contents() {
		key := first
		if i > 0 {
			key += ":file" + strconv.Itoa(i)
		}
		e := provider.MessageEvent(key, m.contact(), c).WithTime(at(m.TS))
		all = append(all, answered(e, m.Channel, m.Thread))
	}
	return all
}

// change is a message that was changed: edited, or with a preview added.
func (m *message) change() []provider.Event {
	now := m.Message
	switch {
	case now == nil:
		return one(provider.UnreadableEvent("a change has no message"))
	case now.Bot != "" || now.Subtype == "bot_message":
		return one(provider.IgnoredEvent(ignoredBot))
	case notes[now.Subtype]: // a deleted message whose thread stays
		return one(provider.IgnoredEvent(ignoredNote))
	case now.Edited == nil || now.Edited.TS == "":
		return one(provider.IgnoredEvent(ignoredNoEdit))
	}
	now.Channel = m.Channel
	return now.events(now.Edited.TS)
}

// deletion is a message that was deleted. What it said is not repeated.
func (m *message) deletion() provider.Event {
	was := m.Previous
	switch {
	case was == nil || m.Deleted == "":
		return provider.UnreadableEvent("a deletion has no message")
	case was.Bot != "" || was.Subtype == "bot_message":
		return provider.IgnoredEvent(ignoredBot)
	case notes[was.Subtype]:
		return provider.IgnoredEvent(ignoredNote)
	case !userID.MatchString(was.User):
		return provider.UnreadableEvent("a message is from nobody")
	}
	return provider.MessageEvent(m.Channel+":"+m.Deleted+":deleted", was.contact(), content.Text("[a message was deleted]")).WithTime(at(m.TS))
}

// contact is who wrote. Slack tells a name in some calls only.
func (m *message) contact() *messagev1.Contact {
	c := &messagev1.Contact{Address: m.User}
	for _, name := range []string{m.Profile.Display, m.Profile.Real, m.Profile.First} {
		if name != "" {
			c.Profile = &messagev1.Profile{FirstName: name}
			break
		}
	}
	return c
}

// answered keeps where an answer to an event goes: to the channel, or to the thread in it.
func answered(e provider.Event, channel, thread string) provider.Event {
	if !threadID.MatchString(thread) {
		thread = ""
	}
	return e.WithState(placeKey, place{channel, thread}.String())
}

// at is the time of a ts, "1355517523.000005"; zero where it cannot be one.
func at(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds <= 0 || seconds > 253402300799 {
		return time.Time{}
	}
	micros, err := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil || micros < 0 {
		micros = 0
	}
	return time.Unix(seconds, micros*1000).UTC()
}
