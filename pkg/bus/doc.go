// Package bus is the project's only door to NATS: with the packages below it, it alone imports the client. It stores and
// reads; what a message means, who works on it and in what order is the business of those who stand on it (pkg/record,
// pkg/shard, pkg/consume, pkg/delivery).
//
//	b, err := bus.Connect(url, bus.Options{Name: "ingress"})
//	defer b.Close(ctx)
//	sequence, err := b.Publish(ctx, bus.Post{Subject: topology.MessageSubject("telegram", channel, contact), Body: event})
//
// A [Bus] has these sides:
//
//   - Messages are stored by [Bus.Publish], [Bus.PublishAll] and [Bus.PublishLater], read without being taken out by
//     [Bus.Reader] and [Bus.Each], and taken out by [Bus.Remove] and [Bus.Purge].
//   - Records are the last message under a subject of INDEX, written by compare-and-set: [Bus.Create], [Bus.Replace] and
//     [Bus.Read].
//   - How a stream stands is told by [Bus.State], and by [Bus.Recent] where a second ago is new enough.
//   - [Bus.Digest] stands for what others must not read.
//
// # Errors
//
// Whatever is given a name, subject, key or filter that the broker could not read returns [ErrName] and sends nothing: the broker
// would close the connection, which is everybody's. [ErrFull], [ErrNoRoom], [ErrTooLarge], [ErrExists] and [ErrConflict] are the
// broker's own refusals: nothing was written. After any other error of a method that writes, it may have been written or not. A caller that
// tries again marks the message as a repeat ([Post].Repeat), so that whoever acts on it looks first.
//
// # Time and order
//
// Requests end after [RequestTimeout], or with their context. The client's own retries are off: they would send a message again
// behind its successors. Two publishes that are under way at once have no order; whoever needs one waits for the first.
//
// # The connection
//
// It comes back by itself, and is made anew where the broker has closed it for good. What reads ends then, with an error, and is begun
// again by its caller. Where no connection lasts for ten minutes the bus is over ([Bus.Done]): the process has to end.
//
// Every exported method is safe for concurrent use unless it says otherwise. Trace context crosses a hop in here, so that business
// code sees no header.
//
// Below it, kv keeps values by keys, rpc asks other processes, provision makes the streams, media keeps attachments, snapshot
// copies streams, node embeds a broker, floor measures a broker without Puente on it, and bustest starts one for tests.
package bus
