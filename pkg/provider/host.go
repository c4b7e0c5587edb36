package provider

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Host is what a sender has from Puente. All of it is safe for concurrent use. Where no bridge runs, as when a channel is
// set up, there are no replies and no state, and files cannot be published.
type Host struct {
	// Client is the way out, over HTTP and over sockets.
	Client *httpclient.Client
	// WebhookURL is where the network calls for this channel: for networks that are told with each message where its
	// receipts go, and for what they sign. It is what [Setter] is given.
	WebhookURL string
	// Replies is what the network said about answering its contacts.
	Replies Replies
	// Files makes files public that the network fetches.
	Files Files
	// State keeps small values of the channel, and of its contacts, for good.
	State State
	// Shared is what the channel has in common with the others of its account. Where nobody gives one, it is the channel's alone.
	Shared *Shared
}

// Reply is how a contact can be answered, and until when.
type Reply struct {
	// Token is what the network gave for answering; "" where there is only a time in which one may write.
	Token string
	// Until is when that ends.
	Until time.Time
}

// Replies keeps the last [Event.Reply] of each contact, until it ends, for a day and an hour at most. It is lost at
// times: a network has to do without.
type Replies interface {
	// Last is the contact's last reply, and its zero value where it is over or there was none.
	Last(ctx context.Context, address string) (Reply, error)
	// Take is like Last for a token that serves one message: from now on it is this message's, or part's, and nobody
	// else's. Again says that Take was asked for this message before, so that an earlier try may have gone out: then it
	// answers as it did then, the token also where it is over, and none where there was none. However a message was tried
	// first, it is tried again.
	Take(ctx context.Context, m *messagev1.Message) (r Reply, again bool, err error)
	// Drop says that the network refused the token that Take gave this message, and did nothing: from now on the message
	// has none.
	Drop(ctx context.Context, m *messagev1.Message) error
}

// Files makes files public.
type Files interface {
	// Publish stores a file for 30 days and returns its address, the same for the same bytes.
	Publish(ctx context.Context, name, mediaType string, data []byte) (url string, err error)
}

// whole fills in what a host without a bridge does not have, for the channel with this account.
func (h Host) whole(account json.RawMessage) Host {
	if h.Replies == nil {
		h.Replies = noReplies{}
	}
	if h.Files == nil {
		h.Files = noFiles{}
	}
	if h.State == nil {
		h.State = noState{}
	}
	if h.Shared == nil {
		h.Shared = &Shared{accounts: []json.RawMessage{account}}
	}
	return h
}

type noReplies struct{}

func (noReplies) Last(context.Context, string) (Reply, error) { return Reply{}, nil }

func (noReplies) Take(context.Context, *messagev1.Message) (Reply, bool, error) {
	return Reply{}, false, nil
}

func (noReplies) Drop(context.Context, *messagev1.Message) error { return nil }

type noFiles struct{}

func (noFiles) Publish(context.Context, string, string, []byte) (string, error) {
	return "", outcome.Temporary(reason.FileNotStored, errors.New("no bridge runs, so there is no store"))
}
