package webhook

import (
	"encoding/json"
	"errors"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// longestID bounds the ids of an app's messages and contacts, in bytes.
const longestID = 256

// receive reads a call, which says one thing.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	var p payload
	if err := json.Unmarshal(c.Body, &p); err != nil {
		return nil, errors.New(provider.Misread("the call", err))
	}
	e := p.read()
	if !p.Timestamp.IsZero() {
		e = e.WithTime(p.Timestamp.UTC())
	}
	return []provider.Event{e}, nil
}

func (p payload) read() provider.Event {
	switch p.Type {
	case typeMessage, typeEcho:
		var w written
		if err := json.Unmarshal(p.Data, &w); err != nil {
			return provider.UnreadableEvent(provider.Misread("data", err))
		}
		return w.event(p.Type)
	case typeReceipt:
		var r receipt
		if err := json.Unmarshal(p.Data, &r); err != nil {
			return provider.UnreadableEvent(provider.Misread("data", err))
		}
		return r.event()
	case typePing:
		return provider.IgnoredEvent("ping")
	default:
		return provider.UnreadableEvent("unknown type: it is message, echo, receipt or ping")
	}
}

// key is that of an event: ids of messages and of echoes are two things.
func key(kind, id string) string { return kind + "/" + id }

func (w written) event(kind string) provider.Event {
	switch {
	case w.ID == "" || len(w.ID) > longestID:
		return provider.UnreadableEvent("data.id: is required, at most 256 bytes")
	case w.Contact.ID == "" || len(w.Contact.ID) > longestID:
		return provider.UnreadableEvent("data.contact.id: is required, at most 256 bytes")
	case w.Message == nil:
		return provider.UnreadableEvent("data.message: is required")
	case kind == typeEcho && w.Edits != "":
		return provider.UnreadableEvent("data.edits: belongs to a message")
	}
	said, err := w.Message.content()
	if err != nil {
		return provider.UnreadableEvent("data.message: " + err.Error())
	}
	if kind == typeEcho {
		return provider.EchoEvent(key(kind, w.ID), w.Contact.canonical(), said, w.ID)
	}
	e := provider.MessageEvent(key(kind, w.ID), w.Contact.canonical(), said)
	if w.Edits != "" {
		e = e.AsEdit(key(kind, w.Edits))
	}
	return e
}

// content is what the object says. A file to be fetched is a handle, which is its address.
func (o object) content() (*messagev1.Content, error) {
	m := o.Message
	m.Attachment = nil
	if o.Attachment != nil {
		m.Attachment = &o.Attachment.Attachment
	}
	said, err := content.FromContract(&m)
	if a := said.GetAttachment(); a != nil && o.Attachment.Fetch {
		a.Handle, a.Url = a.GetUrl(), ""
	}
	return said, err
}

var statuses = map[string]eventv1.Status{
	string(customchannel.StatusSent):      eventv1.Status_STATUS_SENT,
	string(customchannel.StatusDelivered): eventv1.Status_STATUS_DELIVERED,
	string(customchannel.StatusRead):      eventv1.Status_STATUS_READ,
	string(customchannel.StatusFailed):    eventv1.Status_STATUS_FAILED,
}

func (r receipt) event() provider.Event {
	status, ok := statuses[r.Status]
	switch {
	case r.Message == "" || len(r.Message) > longestID:
		return provider.UnreadableEvent("data.message: is required, the id that the message came with")
	case !ok:
		return provider.UnreadableEvent("data.status: is sent, delivered, read or failed")
	}
	out := provider.Receipt{OwnID: r.Message, Status: status}
	if status == eventv1.Status_STATUS_FAILED {
		out.Reason = toldFailed
		if r.Reason != "" {
			out.Reason = told.With("words", r.Reason)
		}
	}
	return provider.ReceiptEvent(key(typeReceipt, r.Message+"/"+r.Status), out)
}
