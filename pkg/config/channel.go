package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/reason"
)

// channelID is what can be a token of a NATS subject and a segment of a URL alike.
var channelID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// channels reads the list of channels; never nil.
func (r *reader) channels(p place, networks []Network) []Channel {
	out := []Channel{}
	ids, tokens := map[string]string{}, map[string]string{} // to the first place of each
	for _, item := range p.items() {
		c, id, token := r.channel(item, networks)
		if first := ids[c.ID]; c.ID != "" && first != "" {
			id.wrong("is the id of %s too", first)
		} else {
			ids[c.ID] = item.at
		}
		value := c.Platform.APIToken.Reveal()
		if first := tokens[value]; value != "" && first != "" {
			token.wrong("is the token of %s too: every channel has its own", first)
		} else {
			tokens[value] = item.at
		}
		out = append(out, c)
	}
	if len(out) == 0 && !p.broken {
		p.warn("there is no channel: nothing will be carried")
	}
	return out
}

// channel reads one channel, and returns the places of what must differ from other channels.
func (r *reader) channel(p place, networks []Network) (c Channel, id, token place) {
	if p.node == nil && !p.broken {
		p.wrong("is empty")
		p.broken = true
	}
	f, ok := p.fields("id", "network", "contact_id", "platform", "account", "uncertain", "locale")
	if !ok {
		return Channel{}, p, p
	}
	if s, ok := f["id"].required(); ok {
		if channelID.MatchString(s) {
			c.ID = s
		} else {
			f["id"].wrong("must be 1 to 64 of A-Z a-z 0-9 _ -")
		}
	}
	if s, ok := f["contact_id"].required(); ok {
		c.ContactID = customchannel.IDType(s)
		if c.ContactID != customchannel.Phone && c.ContactID != customchannel.Custom {
			f["contact_id"].wrong("must be phone or custom, as the channel was set up at the platform")
		}
	}
	c.Uncertain = Uncertain(f["uncertain"].oneOf(string(Resend), string(Hold)))
	c.Locale = reason.Locale(f["locale"].oneOf(string(reason.Spanish), string(reason.English)))
	c.Platform, token = r.platform(f["platform"])

	name, ok := f["network"].required()
	known := slices.IndexFunc(networks, func(n Network) bool { return n.Name == name })
	if known < 0 {
		if ok {
			f["network"].wrong("unknown network; known are %s", strings.Join(names(networks), ", "))
		}
		f["account"].json(0) // for what is wrong whatever the network
		return c, f["id"], token
	}
	c.Network = name
	c.Verifies = networks[known].Verifies
	c.Account = r.account(f["account"], networks[known])
	return c, f["id"], token
}

func (r *reader) platform(p place) (out Platform, token place) {
	f, ok := p.fields("webhook_url", "api_token")
	if !ok {
		return out, p
	}
	webhook, token := f["webhook_url"], f["api_token"]
	switch u, given := webhook.webURL(); {
	case u != nil:
		out.WebhookURL = u.String()
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			webhook.warn("plain http shows the token to whoever listens in")
		}
	case !given:
		webhook.required()
	}
	if s, ok := token.required(); ok {
		if strings.ContainsAny(s, " \t\r\n") {
			token.wrong("must hold no space or line break")
			return out, token
		}
		token.weak(s)
		out.APIToken = Hide(s)
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
