// Package callstore is how a network's call is stored, whoever took it: ingress, or who listens to the network.
package callstore

import (
	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
)

// Post is the post that stores a call. The key is the same when the call comes again, and "" for none: a repeat is stored
// once. That is a first net only: the broker remembers it for two minutes. It counts for one account, since another one in
// the same channel has ids of its own; account is another text for each account.
func Post(b *bus.Bus, c webhook.Call, account, key string) bus.Post {
	post := bus.Post{Subject: topology.WebhookSubject(c.Network, c.Channel), Body: c.Proto()}
	if key != "" {
		post.ID = "webhook-" + b.Digest(digest.ForWebhook, c.Network, c.Channel, account, key)
	}
	return post
}
