package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
)

// A network that gives a token with each message, good for one answer within a minute; what is sent without one costs.
// Receive declares it, the SDK keeps it, and Send takes it.
func ExampleReplies() {
	receive := func(c webhook.Call) ([]provider.Event, error) {
		event := provider.MessageEvent("e1", &messagev1.Contact{Address: "ana"}, content.Text("Hola"))
		return []provider.Event{event.WithReply(provider.Reply{Token: "t-1", Until: c.AcceptedAt.Add(time.Minute)})}, nil
	}
	send := func(ctx context.Context, h provider.Host, m *messagev1.Message) (string, error) {
		reply, _, err := h.Replies.Take(ctx, m)
		if err != nil {
			return "", err
		}
		if reply.Token != "" {
			return "an answer with " + reply.Token, nil
		}
		return "a message of our own", nil
	}

	client := sendertest.NewClient()
	defer client.Close()
	host := sendertest.Host("pigeon", client)
	events, _ := receive(webhook.Call{AcceptedAt: time.Now()})
	host.Replies.(*sendertest.Replies).Say("ana", *events[0].Reply) // the SDK does this
	for _, id := range []string{"m1", "m1", "m2"} {                 // the second is another try of the first
		fmt.Println(send(context.Background(), host, &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: "ana"}}))
	}
	// Output:
	// an answer with t-1 <nil>
	// an answer with t-1 <nil>
	// a message of our own <nil>
}

// mailbox is a network that is asked for what is new: its API has a list, and a cursor into it.
type mailbox struct{ pages map[string][]string }

// Listens says that this account makes no calls. A network that can be either asks its account.
func (m *mailbox) Listens() bool { return true }

// Listen asks until the context ends. What it stores is a call to Receive; the cursor moves once it is stored, and only
// then is the network told.
func (m *mailbox) Listen(ctx context.Context, cursor string, store provider.Store) error {
	for ctx.Err() == nil {
		page, ok := m.pages[cursor]
		if !ok { // a real one would be left waiting for the answer: httpclient.Request.Held
			return outcome.Wait(10*time.Second, outcome.Channel, errors.New("nothing new"))
		}
		var heard []provider.Heard
		for _, id := range page {
			heard = append(heard, provider.Heard{Key: id, Body: []byte(`{"id": "` + id + `"}`)})
			cursor = id
		}
		if err := store(ctx, cursor, heard...); err != nil {
			return err // the same comes again
		}
	}
	return nil
}

func (m *mailbox) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, outcome.Reject(reason.Untranslated("this mailbox is for reading"), errors.New("read only"))
}

// A network that is polled. Its network value has Listens set, and needs no Webhook.
func ExampleListener() {
	var l provider.Listener = &mailbox{pages: map[string][]string{"": {"1", "2"}, "2": {"3"}}}
	err := l.Listen(context.Background(), "", func(_ context.Context, cursor string, heard ...provider.Heard) error {
		fmt.Printf("%d stored, the cursor is %s\n", len(heard), cursor)
		return nil
	})
	fmt.Println(outcome.Classify(err).Reason)
	// Output:
	// 2 stored, the cursor is 2
	// 1 stored, the cursor is 3
	// the network asked to wait 10s
}

// locker hands attachments out by a handle.
type locker struct {
	client *httpclient.Client
	api    string
}

func (l *locker) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := l.client.Open(ctx, httpclient.Request{URL: l.api + "/files/" + a.GetHandle(), Timeout: time.Minute})
	if err != nil {
		return nil, err
	}
	if stream.Status == http.StatusOK {
		return &provider.File{Body: stream.Body, MediaType: stream.Header.Get("Content-Type")}, nil // the SDK closes it
	}
	defer stream.Body.Close()
	if stream.Status == http.StatusGone {
		return nil, outcome.Reject(reason.Untranslated("the network no longer has the file"), fmt.Errorf("status %d", stream.Status))
	}
	return nil, stream.Err()
}

// A network that hands attachments out by a handle: Receive puts it into the event, and Fetch opens it when the SDK is
// ready to store it.
func ExampleFetcher() {
	c := content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Handle: "f-17", Caption: "My parcel",
	})
	client := sendertest.NewClient()
	defer client.Close()
	var f provider.Fetcher = &locker{client: client, api: "http://127.0.0.1:1"} // where nobody answers
	_, err := f.Fetch(context.Background(), c.GetAttachment())
	fmt.Println(outcome.Classify(err).Reason) // for a minute the SDK tries again, then the text says what is missing
	// Output: the network cannot be reached
}
