package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/secret"
)

// channelID is what can be a token of a NATS subject and a segment of a URL alike.
var channelID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// IsChannelID says whether a channel may have this id: 1 to 64 of A-Z a-z 0-9 _ -.
func IsChannelID(id string) bool { return channelID.MatchString(id) }

// channels reads the list of channels; never nil.
func (r *reader) channels(p yamlfile.Place, networks []Network) []Channel {
	out := []Channel{}
	ids, tokens := map[string]string{}, map[string]string{} // to the first place of each
	for _, item := range p.Items() {
		c, id, token := r.channel(item, networks)
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
		out = append(out, c)
	}
	if len(out) == 0 && !p.Broken {
		p.Warn("there is no channel: nothing will be carried")
	}
	return out
}

// channel reads one channel, and returns the places of what must differ from other channels.
func (r *reader) channel(p yamlfile.Place, networks []Network) (c Channel, id, token yamlfile.Place) {
	if p.Node == nil && !p.Broken {
		p.Wrong("is empty")
		p.Broken = true
	}
	f, ok := p.Fields("id", "network", "contact_id", "platform", "account", "uncertain", "locale")
	if !ok {
		return Channel{}, p, p
	}
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
	c.Platform, token = r.platform(f["platform"])

	name, ok := f["network"].Required()
	known := slices.IndexFunc(networks, func(n Network) bool { return n.Name == name })
	if known < 0 {
		if ok {
			f["network"].Wrong("unknown network; known are %s", strings.Join(names(networks), ", "))
		}
		f["account"].JSON() // for what is wrong whatever the network
		return c, f["id"], token
	}
	c.Network = name
	c.Verifies, c.Seal = networks[known].Verifies, networks[known].Seal
	c.Account = r.account(f["account"], networks[known])
	return c, f["id"], token
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
