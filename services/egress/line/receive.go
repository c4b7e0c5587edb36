package line

import (
	"encoding/json"
	"errors"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Why an event is ignored.
const (
	ignoredGroup      = "group chat"
	ignoredNobody     = "no user"
	ignoredUnreadable = "unreadable event"
	ignoredSwitch     = "rich menu switch"
	ignoredUnknown    = "unknown event"
)

// replyFor is how long an event may be answered with its token, counted by LINE's clock from when it happened. LINE says
// one minute from the call; the rest is for clocks that differ.
// https://developers.line.biz/en/reference/messaging-api/#send-reply-message
const replyFor = 50 * time.Second

// receive reads the events of one call, in order. Their ids are the same when they come again. One that cannot be read
// costs no other: the call goes to the dead letters only where nothing of it can be read.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	var body call
	if json.Unmarshal(c.Body, &body) != nil {
		return nil, errors.New("the call cannot be read")
	}
	if body.Events == nil {
		return nil, errors.New("the call has no events")
	}
	var events []provider.Event
	unreadable := 0
	for _, raw := range *body.Events {
		e := read(raw)
		if e.Ignored == ignoredUnreadable {
			unreadable++
		}
		events = append(events, e)
	}
	if unreadable > 0 && unreadable == len(events) {
		return nil, errors.New("no event of the call can be read")
	}
	return events, nil
}

// read is what one event says. A message that cannot be read, from somebody who is known, is told in brackets.
func read(raw json.RawMessage) provider.Event {
	var e event
	if json.Unmarshal(raw, &e) == nil {
		return e.event()
	}
	var head struct {
		Type   json.RawMessage `json:"type"`
		ID     string          `json:"webhookEventId"`
		Source source          `json:"source"`
	}
	if json.Unmarshal(raw, &head) != nil || string(head.Type) != `"message"` || head.ID == "" || head.Source.ignored() != "" {
		return provider.Event{Ignored: ignoredUnreadable}
	}
	return provider.Event{
		Key: head.ID, Contact: head.Source.contact(), Content: provider.Text("[message that cannot be read]"),
	}
}

func (e *event) event() provider.Event {
	if reason, ok := otherEvents[e.Type]; ok {
		return provider.Event{Ignored: reason}
	}
	if reason := e.Source.ignored(); reason != "" {
		return provider.Event{Ignored: reason}
	}
	if e.ID == "" {
		return provider.Event{Ignored: ignoredUnreadable}
	}
	out := provider.Event{Key: e.ID, Contact: e.Source.contact(), At: at(e.Timestamp)}
	switch {
	case e.Type == "message" && e.Message != nil:
		out.Content = e.Message.content()
	case e.Type == "postback" && e.Postback != nil:
		if out.Content = e.Postback.content(); out.Content == nil {
			return provider.Event{Ignored: ignoredSwitch}
		}
	case e.Type == "unsend":
		out.Content = provider.Text("[a message was unsent]")
	case e.Type == "message", e.Type == "postback":
		return provider.Event{Ignored: ignoredUnreadable}
	default:
		return provider.Event{Ignored: ignoredUnknown}
	}
	if e.ReplyToken != "" && !out.At.IsZero() {
		out.Reply = &provider.Reply{Token: e.ReplyToken, Until: out.At.Add(replyFor)}
	}
	return out
}

// otherEvents are the kinds of event that say nothing a person wrote, with the reason they are ignored under.
var otherEvents = map[string]string{
	"follow": "friend added", "unfollow": "blocked by the contact",
	"join": ignoredGroup, "leave": ignoredGroup, "memberJoined": ignoredGroup, "memberLeft": ignoredGroup,
	"videoPlayComplete": "video watched", "beacon": "beacon", "accountLink": "account link", "membership": "membership",
	"module": "module channel", "activated": "module channel", "deactivated": "module channel",
	"botSuspended": "account suspended", "botResumed": "account resumed", "delivery": "notification message",
	"things": "device", // no longer made
}

// ignored is why a source is of no interest, "" for a person.
func (s source) ignored() string {
	switch {
	case s.Type == "group" || s.Type == "room":
		return ignoredGroup
	case s.Type != "user" || s.UserID == "": // somebody who has not agreed to LINE telling the id
		return ignoredNobody
	default:
		return ""
	}
}

func (s source) contact() *messagev1.Contact { return &messagev1.Contact{Address: s.UserID} }

// at is a time in Unix milliseconds; zero where it cannot be one.
func at(ms int64) time.Time {
	const year9999 = 253402300799999
	if ms <= 0 || ms > year9999 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
