package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/sandbox/chat"
)

// PhoneNetwork is the network that has a phone here. Channels of others have only the agent's side.
const PhoneNetwork = "phone"

// Config is what the sandbox plays for. Channels and APIBaseURL are required.
type Config struct {
	Channels []Channel
	// APIBaseURL is the gateway's public address without a slash at its end, such as http://127.0.0.1:8080. It is asked
	// for at every use, since a port may be chosen late.
	APIBaseURL func() string
	// URL is where the sandbox itself is mounted; default APIBaseURL.
	URL func() string
	// Hosts are names that it answers to, besides those of loopback and of URL.
	Hosts []string
	// Chats bounds each side's conversations of a channel.
	Chats chat.Limits
	// Reasons are those that receipts may tell, as they are declared: the page shows them in its own language. Others are shown as they
	// came.
	Reasons []reason.Reason
	// Site is a website with a live chat that one of the channels is joined to; nil for none.
	Site *Site
	// PhoneDelay is how long a message takes to the phone; default 200 ms, negative for none.
	PhoneDelay time.Duration
	// Way is the way of a message by its mId, with its hops; an error where it is not known yet. The page draws it. Nil draws none.
	Way func(ctx context.Context, id string) (*controlv1.Message, error)
	// Console is an address of the operators' page that signs in once; nil for none.
	Console func() string
	// Log may be nil.
	Log *slog.Logger
}

// Site is a website that is mounted at [SitePath].
type Site struct {
	// Channel is the channel whose contacts are its visitors.
	Channel string
	// Handler serves its pages, and at /bonychat what the gateway calls, which it verifies itself. A page at / takes the
	// parameter visitor.
	Handler http.Handler
}

// SitePath is where a [Site] is mounted.
const SitePath = "/sandbox/site/"

// Channel is one channel as both far ends know it.
type Channel struct {
	ID      string
	Network string
	// ContactID is what the channel's contact ids are.
	ContactID customchannel.IDType
	// Token is the API token between BonyChat and the gateway.
	Token provider.Secret
	// Secret is the account's secret at the phone network; others have none here.
	Secret provider.Secret
}

// Validate joins all that is wrong with the configuration.
func (c Config) Validate() error {
	var errs []error
	if len(c.Channels) == 0 {
		errs = append(errs, errors.New("sandbox: no channels"))
	}
	if c.APIBaseURL == nil {
		errs = append(errs, errors.New("sandbox: no API base URL"))
	}
	ids, tokens := map[string]bool{}, map[string]bool{}
	for i, ch := range c.Channels {
		wrong := func(what string) { errs = append(errs, fmt.Errorf("sandbox: channels[%d]: %s", i, what)) }
		if ch.ID == "" || ids[ch.ID] {
			wrong("id must be there, and its own")
		}
		if ch.Token.Reveal() == "" || tokens[ch.Token.Reveal()] {
			wrong("token must be there, and its own")
		}
		if ch.ContactID != customchannel.Phone && ch.ContactID != customchannel.Custom {
			wrong("contact_id must be phone or custom")
		}
		if ch.Network == "" || ch.Network == PhoneNetwork && ch.Secret.Reveal() == "" {
			wrong("network must be there, and the phone network's secret")
		}
		ids[ch.ID], tokens[ch.Token.Reveal()] = true, true
	}
	return errors.Join(errs...)
}

// PlatformURL is the webhook URL of the stand-in of BonyChat, for a sandbox mounted at base.
func PlatformURL(base string) string { return base + "/sandbox/bonychat/webhook" }

// PhoneURL is the url of a channel's account at the phone network, for a sandbox mounted at base.
func PhoneURL(base, channel string) string { return base + "/sandbox/phone/" + url.PathEscape(channel) }
