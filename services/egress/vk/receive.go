package vk

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// message is that of https://dev.vk.com/en/reference/objects/message. Index counts the messages with one peer.
type message struct {
	ID, Date, Out int64
	Text          string
	Peer          int64 `json:"peer_id"`
	Index         int64 `json:"conversation_message_id"`
	Updated       int64 `json:"update_time"`
	Attachments   []attachment
	Forwarded     []struct{ Text string } `json:"fwd_messages"`
	Geo           *struct {
		Coordinates struct{ Latitude, Longitude float64 }
	}
}

type attachment struct {
	Type  string
	Photo struct{ Sizes []size }
	Doc   struct {
		URL, Title string
		Size       int64
	}
	Voice struct {
		Ogg string `json:"link_ogg"`
	} `json:"audio_message"`
	Link, Video, Market struct{ Title string }
}

type size struct {
	URL   string
	Width int
}

// receive reads a call, which is one event. Of a message each file is one of its own; the first has its words.
func receive(_ Account, c webhook.Call) (events []provider.Event, err error) {
	var call struct {
		Type   string
		Group  json.Number `json:"group_id"`
		Object json.RawMessage
	}
	if err := json.Unmarshal(c.Body, &call); err != nil || call.Type == "" {
		return nil, errors.New(provider.Misread("the call", err))
	}
	var m message
	switch call.Type {
	case "message_new": // https://dev.vk.com/en/api/community-events/json-schema: from version 5.103 on
		err = json.Unmarshal(call.Object, &struct{ Message *message }{&m})
	case "message_reply", "message_edit":
		err = json.Unmarshal(call.Object, &m)
	default:
		return []provider.Event{provider.IgnoredEvent("not a message")}, nil
	}
	switch {
	case err != nil:
		return []provider.Event{provider.UnreadableEvent(provider.Misread("a message", err))}, nil
	case m.Peer == 0 || m.Index == 0:
		return []provider.Event{provider.UnreadableEvent("a message has no peer_id or no conversation_message_id")}, nil
	case m.Peer > 2_000_000_000: // https://dev.vk.com/en/method/messages.send
		return []provider.Event{provider.IgnoredEvent("group chat")}, nil
	}
	contact := &messagev1.Contact{Address: strconv.FormatInt(m.Peer, 10)}
	for i, said := range contents(m) {
		first := fmt.Sprintf("%d.%d.%d", m.Peer, m.Index, i)
		key := first
		if call.Type == "message_edit" {
			key = fmt.Sprintf("%s.%d", first, m.Updated)
		}
		e := provider.MessageEvent(key, contact, said)
		if m.Out == 1 {
			e = provider.EchoEvent(key, contact, said, strconv.FormatInt(m.ID, 10))
		}
		if key != first {
			e = e.AsEdit(first)
		}
		events = append(events, e.WithTime(time.Unix(cmp.Or(m.Updated, m.Date), 0).UTC()).ForAccount(call.Group.String()))
	}
	return events, nil
}

// contents are a message's files, its place and its words; what is none of these is named in the words.
func contents(m message) (all []*messagev1.Content) {
	words := []string{m.Text}
	for _, f := range m.Forwarded {
		words = append(words, content.Note("forwarded", f.Text))
	}
	for _, a := range m.Attachments {
		var file *messagev1.Attachment
		switch {
		case len(a.Photo.Sizes) > 0:
			largest := slices.MaxFunc(a.Photo.Sizes, func(a, b size) int { return cmp.Compare(a.Width, b.Width) })
			file = &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: largest.URL}
		case a.Doc.URL != "":
			file = &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Url: a.Doc.URL, FileName: a.Doc.Title, Size: a.Doc.Size}
		case a.Voice.Ogg != "":
			file = &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, Url: a.Voice.Ogg, MediaType: "audio/ogg"}
		default:
			words = append(words, content.Note(a.Type, cmp.Or(a.Link.Title, a.Video.Title, a.Market.Title)))
			continue
		}
		all = append(all, content.Attachment(file))
	}
	text := content.JoinNonEmpty("\n", words...)
	if len(all) > 0 {
		all[0] = content.WithNotes(all[0], text)
	} else if text != "" || m.Geo == nil {
		all = append(all, content.Text(cmp.Or(text, "[message of an unknown kind]")))
	}
	if m.Geo != nil {
		all = append(all, content.Location(m.Geo.Coordinates.Latitude, m.Geo.Coordinates.Longitude, ""))
	}
	return all
}

// mimic makes up the call of a text: https://dev.vk.com/en/api/community-events/json-schema
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	peer, err := strconv.ParseInt(cmp.Or(s.Contact, "7001"), 10, 64)
	if err != nil {
		return webhook.Call{}, errors.New("a contact of VK is a number")
	}
	type fields map[string]any
	said := fields{"id": s.Number, "conversation_message_id": s.Number, "date": s.At.Unix(), "from_id": peer, "peer_id": peer, "out": 0, "text": s.Text}
	body, err := json.Marshal(fields{
		"type": "message_new", "group_id": json.Number(a.GroupID), "event_id": fmt.Sprint(s.Number), "v": version, "object": fields{"message": said},
	})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}
