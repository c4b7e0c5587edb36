// Package kv keeps values by keys at the broker, and tells who watches them what changes.
//
//	channels := kv.Open(b, topology.Channels)
//	err := channels.Put(ctx, "settings.A", value)
//	err = channels.Watch(ctx, "settings.*", changed, synced)
//
// # Writing
//
// A value is written whatever is there ([Bucket.Put]), where nothing is ([Bucket.Create]), or where nobody else wrote since it was read
// ([Bucket.Update]). The last two are compare-and-set, and exact also in a cluster: of two that write at once one is refused, with
// [bus.ErrExists] or [bus.ErrConflict]. Any other error, such as a lost answer, leaves open whether it was written.
//
// # Reading
//
// [Bucket.Get] and [Bucket.All] may be answered by a server that is a moment behind: a value that was written just now may be missing.
// What has to be right is decided by a compare-and-set, which is refused then.
//
// # Watching
//
// [Bucket.Watch] keeps every value that it was told, in memory, and so survives every interruption: what changed meanwhile is told
// afterwards, once, as it is by then. [Bucket.Follow] keeps nothing, tells every change with its revision, and ends at the first
// interruption: its caller reads everything anew. Both make one call at a time, on the goroutine that called them; a call that takes
// long holds up what follows, and nothing is dropped.
//
// What a bucket means is its user's business: package directory has the channels, package shard the leases.
package kv
