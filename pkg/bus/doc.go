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
// Trace context crosses a hop in here, so that business code sees no header. Whatever is given a name, subject, key or filter
// that the broker could not read returns [ErrName] and sends nothing: the broker would close the connection, which is
// everybody's.
//
// Every exported method is safe for concurrent use unless it says otherwise. Requests end after [RequestTimeout], or with
// their context. An error of something that writes leaves open whether it was written, unless it is one of those in
// errors.go: these are the broker's own refusals.
//
// Below it, kv keeps values by keys, rpc asks other processes, provision makes the streams, media keeps attachments, snapshot
// copies streams, node embeds a broker, floor measures a broker without Puente on it, and bustest starts one for tests.
package bus
