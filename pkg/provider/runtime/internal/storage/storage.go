// Package storage keeps at the broker what a network's code is promised by [provider.Host]: the values of a channel and of its contacts
// ([State]), how contacts can be answered ([Replies]), and files that the network fetches ([Files]). [Remember] keeps what an event says
// of its contact beside the message. It knows no channel's settings. All of it is safe for concurrent use, by several processes too.
package storage

import "github.com/bonychat/puente/pkg/bus"

// Channel is the channel whose things are kept.
type Channel struct {
	// Bus is the connection of the network's service.
	Bus *bus.Bus
	// Network and ID are the channel's.
	Network, ID string
}
