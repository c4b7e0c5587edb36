package line

import (
	"encoding/json"
	"errors"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// Why an event is ignored.
const (
	ignoredGroup   = "group chat"
	ignoredSwitch  = "rich menu switch"
	ignoredUnknown = "unknown event"
)

// replyFor is how long an event may be answered with its token, counted by LINE's clock from when it happened. LINE says
// one minute from the call; the rest is for clocks that differ.
// https://developers.line.biz/en/reference/messaging-api/#send-reply-message
const replyFor = 50 * time.Second

// receive reads the events of one call, in order. Their ids are the same when they come again. One that cannot be read
// costs no other.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	var body call
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return nil, errors.New(provider.Misread("the call", err))
	}
	if body.Events == nil {
		return nil, errors.New("the call has no events")
	}
	var events []provider.Event
	for _, raw := range *body.Events {
		events = append(events, read(raw))
	}
	return events, nil
}

// read is what one event says. What is of no interest is that also where the rest of it cannot be read.
func read(raw json.RawMessage) provider.Event {
	var e event
	err := json.Unmarshal(raw, &e)
	if reason := e.ignored(); reason != "" {
		return provider.IgnoredEvent(reason)
	}
	if err != nil {
		return provider.UnreadableEvent(provider.Misread("an event", err))
	}
	return e.event()
}

// ignored is why an event is of no interest, "" where it is. LINE adds kinds of events, and asks that unknown ones are
// left alone: https://developers.line.biz/en/docs/messaging-api/development-guidelines/
func (e *event) ignored() string {
	if reason, ok := otherEvents[e.Type]; ok {
		return reason
	}
	if e.Source.Type == "group" || e.Source.Type == "room" {
		return ignoredGroup
	}
	if e.Type != "" && !told[e.Type] {
		return ignoredUnknown
	}
	return ""
}

// told are the kinds of event in which a person says something.
var told = map[string]bool{"message": true, "postback": true, "unsend": true}

func (e *event) event() provider.Event {
	if reason := e.lacks(); reason != "" {
		return provider.UnreadableEvent(reason)
	}
	var c *messagev1.Content
	switch e.Type {
	case "message":
		c = e.Message.content()
	case "postback":
		if c = e.Postback.content(); c == nil {
			return provider.IgnoredEvent(ignoredSwitch)
		}
	case "unsend":
		c = content.Text("[a message was unsent]")
	}
	out := provider.MessageEvent(e.ID, e.Source.contact(), c).WithTime(at(e.Timestamp))
	if e.ReplyToken != "" && !out.At.IsZero() {
		out = out.WithReply(provider.Reply{Token: e.ReplyToken, Until: out.At.Add(replyFor)})
	}
	return out
}

// lacks is what an event does not have and must, "" for nothing.
func (e *event) lacks() string {
	switch {
	case e.Type == "":
		return "an event has no type"
	case e.Source.Type != "user":
		return "an event has no source of a known kind"
	case e.Source.UserID == "": // https://developers.line.biz/en/docs/messaging-api/user-consent/
		return "an event has no userId: its sender has not agreed to LINE telling it, and cannot be answered"
	case e.ID == "":
		return "an event has no webhookEventId"
	case e.Type == "message" && e.Message == nil:
		return "an event of the type message has no message"
	case e.Type == "postback" && e.Postback == nil:
		return "an event of the type postback has no postback"
	default:
		return ""
	}
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

func (s source) contact() *messagev1.Contact { return &messagev1.Contact{Address: s.UserID} }

// at is a time in Unix milliseconds; zero where it cannot be one.
func at(ms int64) time.Time {
	const year9999 = 253402300799999
	if ms <= 0 || ms > year9999 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
