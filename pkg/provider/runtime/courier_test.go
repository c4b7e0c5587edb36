package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// courierAccount is the account of the courier, a network small enough to be read at a glance.
type courierAccount struct {
	Key provider.Secret `json:"key"`
	URL string          `json:"url"`
}

// sendFunc is a sender that only sends.
type sendFunc func(context.Context, *messagev1.Message) (string, error)

func (f sendFunc) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	ref, err := f(ctx, m)
	return provider.Sent{Ref: ref}, err
}

// fetching is a sender that fetches too.
type fetching struct {
	sendFunc
	fetch func(context.Context, *messagev1.Attachment) (*provider.File, error)
}

func (f fetching) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	return f.fetch(ctx, a)
}

// courier is the network with one sender for every account.
func courier(s provider.Sender) provider.Network[courierAccount] {
	return provider.Network[courierAccount]{
		Name:    network,
		Webhook: &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "key"}},
		Receive: receive, Abilities: sendertest.Abilities(s),
		Open: func(courierAccount, provider.Host) (provider.Sender, error) { return s, nil },
	}
}

// item is one event of a call, which is a list of them.
type item struct {
	Key     string `json:"key"`
	From    string `json:"from"`
	Text    string `json:"text"`
	Raw     []byte `json:"raw"` // a text in bytes
	File    string `json:"file"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Caption string `json:"caption"`
	At      int64  `json:"at"`
	Edited  bool   `json:"edited"`
	Edits   string `json:"edits"`
	Echo    string `json:"echo"`
	Ref     string `json:"ref"`
	Own     string `json:"own"`
	Status  int32  `json:"status"`
	Ignored string `json:"ignored"`
	Broken  string `json:"broken"` // why it cannot be read
	Account string `json:"account"`
	Panic   bool   `json:"panic"`
}

func receive(_ courierAccount, c webhook.Call) ([]provider.Event, error) {
	var items []item
	if json.Unmarshal(c.Body, &items) != nil {
		return nil, errors.New("no list")
	}
	var events []provider.Event
	for _, i := range items {
		if i.Panic {
			panic(i.Text)
		}
		var e provider.Event // of any shape: what is wrong is found by the runtime too
		e.Key, e.Edited, e.Edits, e.Ignored, e.Unreadable, e.Account = i.Key, i.Edited, i.Edits, i.Ignored, i.Broken, i.Account
		if i.At != 0 {
			e.At = time.Unix(i.At, 0)
		}
		if i.From != "" {
			e.Contact = &messagev1.Contact{Address: i.From, Profile: &messagev1.Profile{FirstName: i.Name}}
		}
		switch {
		case i.File != "":
			e.Content = content.Attachment(&messagev1.Attachment{
				Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Handle: i.File, FileName: i.Name, MediaType: i.Type, Caption: i.Caption,
			})
		case i.Ref != "" || i.Own != "" || i.Status != 0:
			e.Receipt = &provider.Receipt{Ref: i.Ref, OwnID: i.Own, Status: eventv1.Status(i.Status)}
			if i.Text != "" {
				e.Receipt.Reason = failed.Quoting(i.Text)
			}
		case i.Raw != nil:
			e.Content = content.Text(string(i.Raw))
		case i.Text != "":
			e.Content = content.Text(i.Text)
		}
		if i.Echo != "" {
			e.Echo, e.Ref = true, i.Echo
		}
		events = append(events, e)
	}
	return events, nil
}

// idle is a sender that nothing is given to.
var idle = sendFunc(func(context.Context, *messagev1.Message) (string, error) { return "", errors.New("not expected") })

// failed is why the courier could not deliver.
var failed = reason.New("failed", reason.Contact, "it failed", "ha fallado")
