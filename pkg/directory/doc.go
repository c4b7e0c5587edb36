// Package directory is who is there: the channels with their settings and credentials, and what each network declares.
// It gives types to the buckets CHANNELS, SECRETS and NETWORKS, and says which channels are paused ([Pause]).
//
// One process at a time writes, "puente up" or "puente apply", from a file; services follow:
//
//	difference, err := directory.Apply(ctx, b, entries)
//
//	err := directory.Watch(ctx, b, "telegram", func(channels []directory.Entry) { … }) // until ctx ends
//
// # Where it stands
//
// Settings stand under channel.<network>.<channel>, and credentials apart from them under <network>.<channel> and
// bonychat.<channel>, so that a service can be given only its own. What the door judges calls by stands under
// verify.<network>.<channel>: see [Verifier]. Versions before had other forms: see [Form], and [DropEarlier].
//
// # What a watch promises
//
// [Watch], [WatchSettings] and [WatchVerifiers] tell all channels at once, each time that one changes: first when everything that is
// there has been read. They make one call at a time, and survive every interruption; what changed meanwhile is told afterwards. A
// channel is written in two steps, credentials first, and is told when both are there. They hold all channels in memory: a few kB
// each. They end with their context, or with [bus.ErrClosed].
//
// # Errors
//
// A record that cannot be read is logged and left out, and keeps no other channel from being told. [RemovesAllError] refuses a list
// that would remove every channel. No error and no log holds a credential.
package directory
