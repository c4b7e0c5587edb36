package provider

import (
	"encoding/json"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
)

// CallPost is a network's call as it is stored, whoever took it: ingress, or who listens. The key is the same when the
// call comes again, "" for none: a repeat is stored once. It is a first net only, and counts for one account: another one
// in the same channel has ids of its own. The account is that of the configuration, as JSON.
func CallPost(b *bus.Bus, c webhook.Call, account json.RawMessage, key string) bus.Post {
	post := bus.Post{Subject: topology.WebhookSubject(c.Network, c.Channel), Body: c.Proto()}
	if key != "" {
		post.ID = "webhook-" + b.Digest("webhook", c.Network, c.Channel, string(account), key)
	}
	return post
}
