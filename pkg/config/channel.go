package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/secret"
)

// Channel is one channel of the platform and the account that serves it.
type Channel struct {
	// ID is the channel's id as the platform shows it: 1 to 64 of A-Z a-z 0-9 _ -. No two channels share one.
	ID string
	// Network is the name of a network.
	Network string
	// ContactID is the channel's ID type, phone or custom, as it was chosen at the platform.
	ContactID customchannel.IDType
	// Platform is the platform's side.
	Platform Platform
	// Account is the network's side, checked by the network.
	Account Account
	// Verifies are the names of the account's settings that are needed to check the network's calls.
	Verifies []string
	// Seal is that of the channel's [Network]; nil for none.
	Seal func(account json.RawMessage) (json.RawMessage, error) `json:"-"`
	// Uncertain says what to do with a message that the network may have taken.
	Uncertain Uncertain
	// Locale is the language in which agents read why a message failed; default Spanish.
	Locale reason.Locale
}

// Platform is the platform's side of a channel.
type Platform struct {
	// WebhookURL is where the platform takes messages of the channel, http or https.
	WebhookURL string
	// APIToken is the token that authenticates calls of both sides. No two channels share one.
	APIToken secret.Text
}

// Reveal is the JSON object of the configuration, token included, for the one place that stores it.
func (p Platform) Reveal() json.RawMessage {
	data, err := json.Marshal(map[string]string{"webhook_url": p.WebhookURL, "api_token": p.APIToken.Reveal()})
	if err != nil {
		panic(err) // strings can always be written
	}
	return data
}

// Uncertain says what to do with a message that the network may have taken: its answer was lost, or the process died during the send.
type Uncertain string

// The values of [Uncertain]. They have no effect if the network drops repeats.
const (
	Resend Uncertain = "resend" // it is sent again: better twice than never; the default
	Hold   Uncertain = "hold"   // it is not: it ends in the dead letters, and the agent is told
)

// channelID is what can be a token of a NATS subject and a segment of a URL alike.
var channelID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// IsChannelID says whether a channel may have this id: 1 to 64 of A-Z a-z 0-9 _ -.
func IsChannelID(id string) bool { return channelID.MatchString(id) }

// channels reads the list of channels; never nil.
func (r *reader) channels(p yamlfile.Place, networks []Network) []Channel {
	out := []Channel{}
	ids, tokens := map[string]string{}, map[string]string{} // to the first place of each
	claims := map[claim]yamlfile.Place{}                    // to the first channel
	for _, item := range p.Items() {
		c, of := r.channel(item, networks)
		id, token := of.id, of.token
		if first := ids[c.ID]; c.ID != "" && first != "" {
			id.Wrong("is the id of %s too", first)
		} else {
			ids[c.ID] = item.At
		}
		value := c.Platform.APIToken.Reveal()
		if first := tokens[value]; value != "" && first != "" {
			token.Wrong("is the token of %s too: every channel has its own", first)
		} else {
			tokens[value] = item.At
		}
		if first, taken := claims[of.claim]; taken && of.claim.value != "" {
			of.claimed.Wrong("is that of %s (line %d) too: what comes in is told apart by it, so every channel has its own", first.At, first.Line)
		} else {
			claims[of.claim] = item
		}
		out = append(out, c)
	}
	if len(out) == 0 && !p.Broken {
		p.Warn("there is no channel: nothing will be carried")
	}
	return out
}

// own are the places of what must differ from other channels.
type own struct {
	id, token, claimed yamlfile.Place
	claim              claim
}

// claim is what only one channel of a network can have: see [Network.Claim].
type claim struct{ network, value string }

// channel reads one channel, and returns what must differ from other channels.
func (r *reader) channel(p yamlfile.Place, networks []Network) (c Channel, of own) {
	if p.Node == nil && !p.Broken {
		p.Wrong("is empty")
		p.Broken = true
	}
	f, ok := p.Fields("id", "network", "contact_id", "platform", "account", "uncertain", "locale")
	if !ok {
		return Channel{}, own{id: p, token: p}
	}
	of.id = f["id"]
	if s, ok := f["id"].Required(); ok {
		if channelID.MatchString(s) {
			c.ID = s
		} else {
			f["id"].Wrong("must be 1 to 64 of A-Z a-z 0-9 _ -")
		}
	}
	if s, ok := f["contact_id"].Required(); ok {
		c.ContactID = customchannel.IDType(s)
		if c.ContactID != customchannel.Phone && c.ContactID != customchannel.Custom {
			f["contact_id"].Wrong("must be phone or custom, as the channel was set up at the platform")
		}
	}
	c.Uncertain = Uncertain(f["uncertain"].OneOf(string(Resend), string(Hold)))
	c.Locale = reason.Locale(f["locale"].OneOf(string(reason.Spanish), string(reason.English)))
	c.Platform, of.token = r.platform(f["platform"])

	name, ok := f["network"].Required()
	known := slices.IndexFunc(networks, func(n Network) bool { return n.Name == name })
	if known < 0 {
		if ok {
			f["network"].Wrong("unknown network; known are %s", strings.Join(names(networks), ", "))
		}
		f["account"].JSON() // for what is wrong whatever the network
		return c, of
	}
	c.Network = name
	c.Verifies, c.Seal = networks[known].Verifies, networks[known].Seal
	c.Account, of.claimed, of.claim.value = r.account(f["account"], networks[known])
	of.claim.network = name
	return c, of
}

func (r *reader) platform(p yamlfile.Place) (out Platform, token yamlfile.Place) {
	f, ok := p.Fields("webhook_url", "api_token")
	if !ok {
		return out, p
	}
	webhook, token := f["webhook_url"], f["api_token"]
	switch u, given := webhook.WebURL(); {
	case u != nil:
		out.WebhookURL = u.String()
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			webhook.Warn("plain http shows the token to whoever listens in")
		}
	case !given:
		webhook.Required()
	}
	if s, ok := token.Required(); ok {
		if strings.ContainsAny(s, " \t\r\n") {
			token.Wrong("must hold no space or line break")
			return out, token
		}
		weak(token, s)
		out.APIToken = secret.Hide(s)
	}
	return out, token
}

func names(networks []Network) []string {
	var out []string
	for _, n := range networks {
		out = append(out, n.Name)
	}
	return out
}
