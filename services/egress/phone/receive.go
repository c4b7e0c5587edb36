package phone

import (
	"encoding/json"
	"errors"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// event is one event of a call: something typed on a phone, or a receipt.
type event struct {
	ID      string                 `json:"id"`
	From    string                 `json:"from"`
	Name    string                 `json:"name"`
	Time    int64                  `json:"time"`
	Message *customchannel.Message `json:"message"`
	Receipt *receipt               `json:"receipt"`
}

type receipt struct {
	Message string `json:"message"`
	OwnID   string `json:"own_id"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
}

var statuses = map[string]eventv1.Status{
	"sent":      eventv1.Status_STATUS_SENT,
	"delivered": eventv1.Status_STATUS_DELIVERED,
	"read":      eventv1.Status_STATUS_READ,
	"failed":    eventv1.Status_STATUS_FAILED,
}

// receive reads a call: one event, or a list of them.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	var batch struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(c.Body, &batch); err != nil {
		return nil, errors.New(provider.Misread("the call", err))
	}
	if batch.Events == nil {
		batch.Events = []json.RawMessage{c.Body}
	}
	out := make([]provider.Event, 0, len(batch.Events))
	for _, raw := range batch.Events {
		read, err := read(raw)
		if err != nil {
			read = provider.UnreadableEvent(err.Error())
		}
		out = append(out, read)
	}
	return out, nil
}

func read(raw json.RawMessage) (provider.Event, error) {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return provider.Event{}, errors.New(provider.Misread("an event", err))
	}
	return e.read()
}

func (e event) read() (provider.Event, error) {
	switch {
	case e.Message == nil && e.Receipt == nil:
		return provider.Event{}, errors.New("an event has neither message nor receipt")
	case e.Message != nil && e.Receipt != nil:
		return provider.Event{}, errors.New("an event has both message and receipt")
	case e.ID == "":
		return provider.Event{}, errors.New("an event has no id")
	case e.From == "":
		return provider.Event{}, errors.New("an event has no from")
	}
	written, contact := time.UnixMilli(e.Time).UTC(), &messagev1.Contact{Address: e.From}
	if e.Name != "" {
		contact.Profile = &messagev1.Profile{FirstName: e.Name}
	}
	if e.Message != nil {
		said, err := content.FromContract(e.Message)
		return provider.MessageEvent(e.ID, contact, said).WithTime(written), err
	}
	r, err := e.Receipt.read()
	return provider.ReceiptEvent(e.ID, r).WithContact(contact).WithTime(written), err
}

func (r *receipt) read() (out provider.Receipt, err error) {
	status, ok := statuses[r.Status]
	if !ok {
		return out, errors.New("unknown status")
	}
	if r.Message == "" && r.OwnID == "" {
		return out, errors.New("receipt names no message")
	}
	out = provider.Receipt{Ref: r.Message, OwnID: r.OwnID, Status: status}
	if status == eventv1.Status_STATUS_FAILED {
		out.Reason = toldFailed
		if r.Reason != "" {
			out.Reason = told.With("words", r.Reason)
		}
	}
	return out, nil
}
