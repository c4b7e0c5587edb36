package topology

import (
	"strings"
	"time"
)

// Stream is one stream as data: what this version of the program needs of it. pkg/bus/provision makes it so.
type Stream struct {
	// Name is its name at the broker, in upper case; of a stream for one destination with the destination behind an underscore:
	// EGRESS_telegram.
	Name string
	// Subjects are what it takes. Each subject belongs to one stream.
	Subjects []string
	// Queue is true for a stream of unfinished work: a message is kept until its reader deletes it. Otherwise a message is kept for
	// MaxAge; 0 means as long as there is room.
	Queue  bool
	MaxAge time.Duration
	// MaxBytes bounds the stream. The value that is declared here is its weight among the others: [LimitsOf] computes the bytes.
	// Refuse says what happens when the stream is full: true refuses new messages, false deletes the oldest.
	MaxBytes int64
	Refuse   bool
	// PerSubject bounds the number of messages of one subject; 0 is no bound. Refuse says what happens to one more.
	PerSubject int64
	// TTL allows a time to live per message; Batch allows atomic batches, which bus.Bus.PublishAll needs.
	TTL, Batch bool
	// Values is true for a stream that is kept like a bucket: a message replaces the one before on its subject, even where Refuse
	// would refuse one more. It is read from any server of the cluster, which may be a moment behind.
	Values bool
	// Compress has the broker compress each block of messages on the disk once the block is full (S2). It suits streams that are kept
	// for days and read in order. Where single messages are read and replaced, each read would decompress a whole block.
	Compress bool
}

// MaxPayload is the size of the largest message in bytes; max_payload of the broker has to be at least that.
const MaxPayload = 8 << 20

// Weights of the streams in bytes, and other bounds.
const (
	gigabyte = 1 << 30

	// ChannelCap is how many messages of one channel may wait for one destination.
	ChannelCap = 100_000

	day = 24 * time.Hour
	// KeepDead is how long a dead letter is kept.
	KeepDead = 30 * day
	// KeepMedia is how long an attachment can be fetched.
	KeepMedia = 30 * day
	// KeepSent is how long the text of a message is kept after its network took it, if nothing else is configured. MostSent is the
	// longest that can be configured.
	KeepSent, MostSent = 2 * day, 7 * day
)

// The streams that are there once.
var (
	// Messages holds canonical messages on their way to the translator, both directions.
	Messages = Stream{Name: "MESSAGES", Subjects: []string{"message.>"}, Queue: true, MaxBytes: 3 * gigabyte, Refuse: true}
	// Sent keeps messages that a network took, if the network may still report that they did not arrive, so that they can be sent
	// again: each event under the key of its send, or several as one message. When it is full the oldest go. It is best effort, and missing where nothing is to be kept.
	Sent = Stream{Name: "SENT", Subjects: []string{"sent.>"}, PerSubject: 1, MaxAge: KeepSent, MaxBytes: gigabyte, Compress: true}
	// Index holds the records of messages: see package record.
	Index = Stream{
		Name: "INDEX", Subjects: []string{"seen.>", "state.>", "ref.>", "early.>", "mark.>", "call.>"}, PerSubject: 1, TTL: true,
		MaxBytes: 8 * gigabyte,
	}
	// Journal is history for people: one entry per hop and state, several of a network stored as one message.
	Journal = Stream{Name: "JOURNAL", Subjects: []string{"journal.>"}, MaxAge: 30 * day, MaxBytes: 4 * gigabyte, Compress: true}
	// Dead holds the dead letters: what could not go on, with the reason.
	Dead = Stream{Name: "DEAD", Subjects: []string{"dead.>"}, MaxAge: KeepDead, MaxBytes: 2 * gigabyte, Refuse: true, Compress: true}
	// Files holds attachments: the bytes of each in pieces, and what it is (pkg/bus/media). When it is full it takes no more until its
	// oldest are past [KeepMedia].
	//
	// It is one stream for all networks, so that they share its room: with a stream for each of eight networks, the one that has all
	// the pictures could use only an eighth of it. The service of each network may write its own subjects only. Roll-ups and purges, which
	// reach other subjects, are denied to all. So each piece of a file has a subject of its own, and is removed by an empty message.
	Files = Stream{Name: "FILES", Subjects: []string{"file.>"}, PerSubject: 1, Values: true, MaxAge: KeepMedia, MaxBytes: 8 * gigabyte, Refuse: true}
	// Audit holds what operators did, one record for each act. It is written when an act begins, and replaced by the act's result.
	Audit = Stream{Name: "AUDIT", Subjects: []string{"audit.>"}, PerSubject: 1, MaxAge: 365 * day, MaxBytes: gigabyte}
)

// Webhooks is the stream of a network's raw calls, as they came. Reading deletes none, so that a repaired decoder can read them again.
// When it is full ingress answers 503, and the network repeats the call.
func Webhooks(network string) Stream {
	return Stream{
		Name: "WEBHOOKS_" + network, Subjects: []string{"webhook." + network + ".>"}, MaxAge: 7 * day, MaxBytes: 2 * gigabyte, Refuse: true,
		Compress: true,
	}
}

// HoldsCalls says that a stream holds calls whole, as they came: its messages may be as large as a call.
func HoldsCalls(stream string) bool {
	return stream == Dead.Name || strings.HasPrefix(stream, Webhooks("").Name)
}

// Egress is the stream of what is ready for a destination, one subject for each channel, in partitions by channel. PerSubject keeps a
// channel that is down from using up the room of the others. Batch stores the parts of a message together.
func Egress(network string) Stream {
	return Stream{
		Name: "EGRESS_" + network, Subjects: []string{"egress." + network + ".>"}, Queue: true, MaxBytes: 4 * gigabyte, Refuse: true,
		PerSubject: ChannelCap, Batch: true,
	}
}

// Outcomes is the stream of what became of each send to a destination, and of the network's receipts. Those of the platform are kept for
// as long as messages to the platform are tried, and a day more.
func Outcomes(network string) Stream {
	keep := 2 * day
	if network == Platform {
		keep = 8 * day
	}
	return Stream{
		Name: "OUTCOMES_" + network, Subjects: []string{"outcome." + network + ".>"}, MaxAge: keep, MaxBytes: 2 * gigabyte, Refuse: true,
		Compress: true,
	}
}

// Streams are all streams of a deployment with these networks, those of the platform among them.
func Streams(networks []string) []Stream {
	all := []Stream{Messages, Index, Journal, Dead, Audit, Sent, Files, Egress(Platform), Outcomes(Platform)}
	for _, n := range networks {
		all = append(all, Webhooks(n), Egress(n), Outcomes(n))
	}
	return all
}

// Declared is the stream with this name, as this version needs it; false if a deployment has no such stream.
func Declared(name string) (Stream, bool) {
	if kind, network, ok := strings.Cut(name, "_"); ok {
		switch kind {
		case "WEBHOOKS":
			return Webhooks(network), true
		case "EGRESS":
			return Egress(network), true
		case "OUTCOMES":
			return Outcomes(network), true
		}
	}
	for _, s := range Streams(nil) {
		if s.Name == name {
			return s, true
		}
	}
	return Stream{}, false
}
