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

// Host is what Puente gives to a sender. All of it is safe for concurrent use. When no bridge runs, as in "puente setup", there are no
// replies and no state, and files cannot be published.
type Host struct {
	// Client makes HTTP requests and other connections.
	Client *httpclient.Client
	// WebhookURL is the address that the network calls for this channel, as [Setter] gets it. It is for networks that are told with each
	// message where its receipts go, and for networks that sign the address.
	WebhookURL string
	// Replies remembers how each contact can be answered, see [Event.WithReply].
	Replies Replies
	// Files publishes files that the network fetches.
	Files Files
	// State keeps small values of the channel, and of its contacts, for good.
	State State
	// Shared is what the channel shares with the other channels of its account, such as a connection.
	Shared *Shared
}

// Reply is how a contact can be answered, and until when.
type Reply struct {
	// Token is what the network gave for answering; "" if there is only a time within which the contact may be answered.
	Token string
	// Until is when the token, or the time, ends.
	Until time.Time
}

// Replies keeps the last [Reply] of each contact until it ends, for at most 25 hours. It may get lost, so a network has to work without it.
type Replies interface {
	// Last is the contact's last reply; the zero value if there is none, or if it is over.
	Last(ctx context.Context, address string) (Reply, error)
	// Take is Last for a token that serves one message only. From now on the token belongs to this message, or part. again is true if Take
	// was called for this message before, so that an earlier try may have been sent. Then the answer is the same as at first: the same
	// token, even if it is over, or none. So every try of a message is made in the same way.
	Take(ctx context.Context, m *messagev1.Message) (r Reply, again bool, err error)
	// Drop says that the network refused the token that Take gave this message, and sent nothing. From now on Take gives the message none.
	Drop(ctx context.Context, m *messagev1.Message) error
}

// Files publishes files.
type Files interface {
	// Publish stores a file for 30 days and returns its public address, which is the same for the same bytes, name and type.
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
