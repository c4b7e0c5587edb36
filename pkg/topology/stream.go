package topology

import (
	"strings"
	"time"
)

// Stream is one stream as data: what this version of the program needs of it. pkg/bus/provision makes it so.
type Stream struct {
	// Name is the broker's for it: upper case, with the destination behind an underscore.
	Name string
	// Subjects are what it takes. Each subject belongs to one stream.
	Subjects []string
	// Queue holds unfinished work: a message is kept until whoever works on it takes it out. Else it is kept for MaxAge, 0 for as
	// long as there is room.
	Queue  bool
	MaxAge time.Duration
	// MaxBytes bounds the stream. What is declared here is its weight among the others: [LimitsOf] says how much there is
	// of all. Refuse says that a full stream takes nothing more, because it holds unfinished work;
	// else its oldest gives way.
	MaxBytes int64
	Refuse   bool
	// PerSubject bounds the messages of one subject; what is over it is refused with Refuse, else the oldest goes.
	PerSubject int64
	// TTL allows a time to live per message; Batch allows atomic batches, which bus.Bus.PublishAll needs.
	TTL, Batch bool
	// Values says that it is kept as a bucket is: a message takes the place of the one before on its subject, also where Refuse
	// refuses further ones, and whoever has a right to a subject reads it from any server, which may be a moment behind.
	Values bool
	// Compress has the broker compress what is on the disk, each block of messages when it is full (S2). It is for what is kept for
	// days and read in order; in a stream whose messages are found and replaced one by one each look would unpack a block.
	Compress bool
}

// MaxPayload is the largest message in bytes: what the broker has to take (max_payload).
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
	// KeepSent is how long the text of a message is kept after its network took it, where nothing else is configured.
	// MostSent is the longest that can be.
	KeepSent, MostSent = 2 * day, 7 * day
)

// The streams that are there once.
var (
	// Messages holds canonical messages on their way to the translator, both directions.
	Messages = Stream{Name: "MESSAGES", Subjects: []string{"message.>"}, Queue: true, MaxBytes: 3 * gigabyte, Refuse: true}
	// Sent keeps what networks took that may tell later that it did not arrive, so that it can be sent again: each event under
	// the key of its send. A full one drops its oldest. It is best effort, and there is none where nothing is to be kept.
	Sent = Stream{Name: "SENT", Subjects: []string{"sent.>"}, PerSubject: 1, MaxAge: KeepSent, MaxBytes: gigabyte, Compress: true}
	// Index remembers what has been taken, where a message stands and which of ours a network's id is.
	Index = Stream{
		Name: "INDEX", Subjects: []string{"seen.>", "state.>", "ref.>", "early.>", "mark.>", "call.>"}, PerSubject: 1, TTL: true,
		MaxBytes: 8 * gigabyte,
	}
	// Journal is history for people: one entry per hop and state, several of a network stored as one message.
	Journal = Stream{Name: "JOURNAL", Subjects: []string{"journal.>"}, MaxAge: 30 * day, MaxBytes: 4 * gigabyte, Compress: true}
	// Dead is what could not go on, with its cause.
	Dead = Stream{Name: "DEAD", Subjects: []string{"dead.>"}, MaxAge: KeepDead, MaxBytes: 2 * gigabyte, Refuse: true, Compress: true}
	// Files holds attachments: the bytes of each in pieces, and what it is (pkg/bus/media). A full one takes no more until its
	// oldest are past [KeepMedia].
	//
	// It is one stream for all networks, so that they share its room: as a stream for each, with eight networks the one that has
	// all the pictures could keep an eighth of them. Each network's service is confined to its own subjects; what goes beyond
	// subjects at a broker, roll-ups and purges, is denied to all. So that pieces of a file that broke off need no purge, each has a
	// subject of its own and is replaced by an empty one.
	Files = Stream{Name: "FILES", Subjects: []string{"file.>"}, PerSubject: 1, Values: true, MaxAge: KeepMedia, MaxBytes: 8 * gigabyte, Refuse: true}
	// Audit is what operators did, one record for each act. It is written when an act begins, and replaced by what came of it.
	Audit = Stream{Name: "AUDIT", Subjects: []string{"audit.>"}, PerSubject: 1, MaxAge: 365 * day, MaxBytes: gigabyte}
)

// Webhooks holds a network's raw calls, as they came: whoever reads them takes none out, so that they can be read again by a
// decoder that was mended. A full one is answered with 503 at the door, and the network repeats the call.
func Webhooks(network string) Stream {
	return Stream{
		Name: "WEBHOOKS_" + network, Subjects: []string{"webhook." + network + ".>"}, MaxAge: 7 * day, MaxBytes: 2 * gigabyte, Refuse: true,
		Compress: true,
	}
}

// Egress holds what is ready for a destination, one subject for each channel, in partitions by channel. PerSubject keeps one channel that is down from
// taking the room of the others; Batch stores the parts of a message together.
func Egress(network string) Stream {
	return Stream{
		Name: "EGRESS_" + network, Subjects: []string{"egress." + network + ".>"}, Queue: true, MaxBytes: 4 * gigabyte, Refuse: true,
		PerSubject: ChannelCap, Batch: true,
	}
}

// Outcomes holds what became of each send to a destination, and the network's receipts. The platform's are kept as long
// as its messages are valid, and a day more.
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

// Streams are all streams of a deployment with these networks; the platform's are always there.
func Streams(networks []string) []Stream {
	all := []Stream{Messages, Index, Journal, Dead, Audit, Sent, Files, Egress(Platform), Outcomes(Platform)}
	for _, n := range networks {
		all = append(all, Webhooks(n), Egress(n), Outcomes(n))
	}
	return all
}

// Declared is the stream of a name, as this version needs it; false for a name that is no stream of a deployment.
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
