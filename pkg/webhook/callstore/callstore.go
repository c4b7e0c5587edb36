// Package callstore says how a network's call is stored, for both who store one: ingress, and a network's service that polls or holds a
// connection.
package callstore

import (
	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
)

// Post is the post that stores a call. key is the same when the call comes again, or "" if it has none. A repeat within two minutes is
// not stored: the broker remembers keys for so long, and later repeats are recognised by their events. account is a text that is
// different for each account, because another account in the same channel has ids of its own.
func Post(b *bus.Bus, c webhook.Call, account, key string) bus.Post {
	post := bus.Post{Subject: topology.WebhookSubject(c.Network, c.Channel), Body: c.Proto()}
	if key != "" {
		post.ID = "webhook-" + b.Digest(digest.ForWebhook, c.Network, c.Channel, account, key)
	}
	return post
}
