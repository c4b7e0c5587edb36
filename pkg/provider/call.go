package provider

import (
	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/webhook"
)

// CallPost is a network's call as it is stored, whoever took it: ingress, or who listens. The key is the same when the
// call comes again, "" for none: a repeat is stored once. It is a first net only.
func CallPost(b *bus.Bus, c webhook.Call, key string) bus.Post {
	post := bus.Post{Subject: bus.WebhookSubject(c.Network, c.Channel), Body: c.Proto()}
	if key != "" {
		post.ID = "webhook-" + b.Digest("webhook", c.Network, c.Channel, key)
	}
	return post
}
