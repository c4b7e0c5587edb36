package bus

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/node"
)

// Stream is one stream as data. [Bus.Provision] makes it so.
type Stream struct {
	Name     string
	Subjects []string
	// Queue keeps a message until it is acknowledged; else it is kept for MaxAge.
	Queue  bool
	MaxAge time.Duration
	// MaxBytes bounds the stream. What is declared here is its weight among the others: [Storage] says how much there is
	// of all. Refuse says that a full stream takes nothing more, because it holds unfinished work;
	// else its oldest gives way.
	MaxBytes int64
	Refuse   bool
	// PerSubject bounds the messages of one subject; what is over it is refused with Refuse, else the oldest goes.
	PerSubject int64
	// TTL allows a time to live per message; Batch allows atomic batches.
	TTL, Batch bool
}

// MaxPayload is the largest message in bytes.
const MaxPayload = node.MaxPayload

// Weights of the streams in bytes, and other bounds.
const (
	gigabyte = 1 << 30

	// ChannelCap is how many messages of one channel may wait for one far end.
	ChannelCap = 100_000

	day = 24 * time.Hour
	// KeepSeen is how long a taken event is remembered: longer than WEBHOOKS_* holds a call.
	KeepSeen = 8 * day
	// keepDead is how long a dead letter is kept, and KeepFailed, which is longer, how long a failed message is remembered:
	// a replay needs what is known of it.
	keepDead   = 30 * day
	KeepFailed = 31 * day
	// KeepEarly is how long a receipt waits for the send it belongs to.
	KeepEarly = time.Hour
	// keepMedia is how long an attachment can be fetched.
	keepMedia = 30 * day
)

// The streams that are there once.
var (
	// Messages holds canonical messages on their way to the translator, both directions.
	Messages = Stream{Name: "MESSAGES", Subjects: []string{"message.>"}, Queue: true, MaxBytes: 4 * gigabyte, Refuse: true}
	// Index remembers what has been taken, where a message stands and which of ours a network's id is.
	Index = Stream{
		Name: "INDEX", Subjects: []string{"seen.>", "state.>", "ref.>", "early.>", "mark.>", "call.>"}, PerSubject: 1, TTL: true,
		MaxBytes: 8 * gigabyte,
	}
	// Journal is history for people: one entry per hop and state.
	Journal = Stream{Name: "JOURNAL", Subjects: []string{"journal.>"}, MaxAge: 30 * day, MaxBytes: 4 * gigabyte}
	// Dead is what could not go on, with its cause.
	Dead = Stream{Name: "DEAD", Subjects: []string{"dead.>"}, MaxAge: keepDead, MaxBytes: 2 * gigabyte, Refuse: true}
)

// Webhooks holds a network's raw calls.
func Webhooks(network string) Stream {
	return Stream{
		Name: "WEBHOOKS_" + network, Subjects: []string{"webhook." + network + ".>"}, MaxAge: 7 * day, MaxBytes: 2 * gigabyte, Refuse: true,
	}
}

// Egress holds what is ready for a far end.
func Egress(network string) Stream {
	return Stream{
		Name: "EGRESS_" + network, Subjects: []string{"egress." + network + ".>"}, Queue: true, MaxBytes: 4 * gigabyte, Refuse: true,
		PerSubject: ChannelCap, Batch: true,
	}
}

// Outcomes holds what became of each send to a far end, and the network's receipts. The platform's are kept as long
// as its messages are valid, and a day more.
func Outcomes(network string) Stream {
	keep := 2 * day
	if network == Platform {
		keep = 8 * day
	}
	return Stream{
		Name: "OUTCOMES_" + network, Subjects: []string{"outcome." + network + ".>"}, MaxAge: keep, MaxBytes: 2 * gigabyte, Refuse: true,
	}
}

// Streams are all streams of a deployment with these networks; the platform's are always there.
func Streams(networks []string) []Stream {
	all := []Stream{Messages, Index, Journal, Dead, Egress(Platform), Outcomes(Platform)}
	for _, n := range networks {
		all = append(all, Webhooks(n), Egress(n), Outcomes(n))
	}
	return all
}

// maxConsumers is beyond the server's default of 1,000: EGRESS_bonychat needs one for each channel.
const maxConsumers = 1 << 20

func (s Stream) config(replicas int) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name: s.Name, Subjects: s.Subjects, Storage: jetstream.FileStorage, Replicas: replicas, MaxAge: s.MaxAge, MaxBytes: s.MaxBytes,
		MaxConsumers: maxConsumers, MaxMsgsPerSubject: s.PerSubject, Duplicates: 2 * time.Minute, AllowMsgTTL: s.TTL, AllowAtomicPublish: s.Batch,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		// decisions are read from the leader: AllowDirect stays off
	}
	if s.Queue {
		c.Retention = jetstream.WorkQueuePolicy
	}
	if s.Refuse {
		c.Discard = jetstream.DiscardNew
		c.DiscardNewPerSubject = s.PerSubject > 0
	}
	return c
}

// The buckets.
const (
	Networks = "NETWORKS" // what each network declares
	Channels = "CHANNELS" // settings without secrets, and state
	Secrets  = "SECRETS"  // credentials, and the deployment's digest key
	Contacts = "CONTACTS" // contact digests back to addresses
	Context  = "CONTEXT"  // open numbered replies
	Replies  = "REPLIES"  // how contacts can be answered, as their network said
	Leases   = "LEASES"   // who owns which unit, and how far it came

	// Media is the store of attachments.
	Media = "MEDIA"
)

type bucket struct {
	name     string
	ttl      time.Duration
	maxBytes int64
	settings bool // grows with the channels, not with the traffic
}

var buckets = []bucket{
	{Networks, 0, 16 << 20, true}, {Channels, 0, 64 << 20, true}, {Secrets, 0, 64 << 20, true}, {Contacts, 0, gigabyte, false},
	{Context, day, 256 << 20, false}, {Replies, day + time.Hour, 256 << 20, false}, {Leases, 0, 256 << 20, true},
}

// mediaBytes bounds the store of attachments; a full one takes no more until its oldest are past keepMedia.
const mediaBytes = 8 * gigabyte
