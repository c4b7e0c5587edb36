// Package kv keeps values by keys at the broker, and tells who watches them what changes.
//
//	channels := kv.Open(b, topology.Channels)
//	err := channels.Put(ctx, "settings.A", value)
//	err = channels.Watch(ctx, "settings.*", changed, synced)
//
// A value is written for good ([Bucket.Put]), where nothing is ([Bucket.Create]), or where nobody else wrote since it was read
// ([Bucket.Update]). There are two ways to watch: [Bucket.Watch] keeps what it was told and survives every interruption;
// [Bucket.Follow] tells every change with its revision, and ends at the first interruption.
//
// What a bucket means is its user's business: package directory has the channels, package shard the leases. The errors are those of
// package bus.
package kv
