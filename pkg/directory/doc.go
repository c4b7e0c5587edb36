// Package directory knows the channels, with their settings and credentials, and what each network declares. It gives types to
// the buckets CHANNELS, SECRETS and NETWORKS, and knows which channels are paused ([Pause]).
//
// One process at a time writes, "puente up" or "puente apply", from a file; services follow:
//
//	difference, err := directory.Apply(ctx, b, entries)
//
//	err := directory.Watch(ctx, b, "telegram", func(channels []directory.Entry) { … }) // until ctx ends
//
// # Where it is stored
//
// Settings are in CHANNELS under channel.<network>.<channel>. Credentials are in SECRETS under <network>.<channel> and
// bonychat.<channel>, so that a service can be given only its own. What ingress needs to check calls is in SECRETS under
// verify.<network>.<channel>: see [Verifier]. Earlier versions had other forms: see [Form] and [DropEarlier].
//
// # What a watch promises
//
// [Watch], [WatchSettings] and [WatchVerifiers] call a function with all channels: first when everything has been read, and then each
// time that one changes. They make one call at a time. They survive every interruption; what changed meanwhile is told afterwards. A
// channel is written in two steps, credentials first, and is told only when both are there. All channels are held in memory, a few kB
// each. They return when their context ends, or with [bus.ErrClosed].
//
// # Errors
//
// A record that cannot be read is logged and left out, and keeps no other channel from being told. [RemovesAllError] refuses a list
// that would remove every channel. No error and no log holds a credential.
package directory
