package provider

import (
	"context"
	"io"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/webhook"
)

// Network is everything Puente knows about one messaging network. A is its account: a struct of settings whose fields
// carry json names and doc tags, credentials as [Secret].
type Network[A any] struct {
	// Name stands in subjects, URLs and the configuration: lower-case letters and digits, at most 20.
	Name string
	// Doc is the URL of the network's own documentation.
	Doc string
	// Carries says what a message may hold; the translator fits every message to it beforehand.
	Carries Carries
	// Confirms says what the network tells of messages that it took.
	Confirms Confirms
	// Rates says how much the network takes.
	Rates Rates
	// Pages are the vendor's pages about what has no limit.
	Pages Pages
	// Webhook verifies the network's calls; nil where it makes none ([Listener]).
	Webhook *webhook.Policy
	// Listens says that accounts can be listened to ([Listener]), instead of Webhook or beside it.
	Listens bool
	// Receive reads a verified call, or what was heard, for the channel's account as it is configured now. It is pure: no
	// I/O, no clock, the same events for the same account and call, and no panic on anything. An error means that the call
	// cannot be read at all and goes to the dead letters. It is called by many goroutines at once.
	Receive func(A, webhook.Call) ([]Event, error)
	// Open makes the sender of one account. It does no I/O.
	Open func(A, Host) (Sender, error)
	// Validity is how long a message is tried, counted from its acceptance; default 24 h.
	Validity time.Duration
	// SendTimeout bounds one Send, all its requests together; default 30 s.
	SendTimeout time.Duration
	// Platform marks the far end on the other side: it serves every channel, whatever its network, and its sender is a
	// [StatusSender].
	Platform bool
	// Concurrency is how many contacts of one channel are sent to at once; default 64.
	Concurrency int
}

// Pages are the vendor's pages about what is no limit; each may be empty. They are shown beside what they explain.
type Pages struct {
	// Unit says how the vendor counts characters.
	Unit Page `json:"unit,omitempty"`
	// Webhook says how calls are signed, Errors what refusals mean.
	Webhook Page `json:"webhook,omitempty"`
	Errors  Page `json:"errors,omitempty"`
}

// Sender delivers to one account. Send is called by many goroutines at once, but never twice at once for one contact.
type Sender interface {
	// Send delivers one canonical message. A text, caption, location or quick reply fits Carries; an address and a title
	// are as long as the platform lets them be, 256. What it does not know it refuses with [Reject].
	Send(ctx context.Context, m *messagev1.Message) (Sent, error)
}

// Sent is what the network answered to a message that it took.
type Sent struct {
	// Ref is the network's id for it, "" where it gives none.
	Ref string
	// Address is the contact's where the network answered with another than it was given, and writes from that one: a
	// number that it spells otherwise. "" where it did not. See Confirms.Aliases.
	Address string
}

// The following are optional abilities of a [Sender], as is [Listener].

// StatusSender is a far end that is told about receipts and echoes too: a platform.
type StatusSender interface {
	SendEvent(ctx context.Context, e *eventv1.Event) error
}

// Fetcher opens an attachment that came in as a handle. The SDK stores it and closes it. [Reject] means that it can
// never be had; any other error is tried again for a minute, or as long as Within says.
type Fetcher interface {
	Fetch(ctx context.Context, a *messagev1.Attachment) (*File, error)
}

// File is an attachment on its way in.
type File struct {
	Body io.ReadCloser
	// MediaType and Name are what the network told; "" where it tells nothing, and the SDK finds out.
	MediaType string
	Name      string
	// ContentType is that of the answer which holds the file, where MediaType was told elsewhere. A web page in place of
	// the file is found by it, and by the file's first bytes.
	ContentType string
}

// Setter registers the webhook with the network. It is called once at start when public_url is https; it must be safe to repeat and
// change nothing where all is well.
type Setter interface {
	// Setup returns what a person still has to do, "" for nothing.
	Setup(ctx context.Context, webhookURL string) (todo string, err error)
}

// Instructor says what a person can do to register the webhook where [Setter] must not be called: a call to copy,
// with names in place of credentials.
type Instructor interface {
	Instructions(webhookURL string) string
}

// Checker asks the network whether the credentials are good. The errors are those of Send.
type Checker interface {
	Check(ctx context.Context) error
}
