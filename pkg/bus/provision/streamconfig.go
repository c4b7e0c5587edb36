package provision

import (
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// maxConsumers is beyond the server's default of 1,000. The broker does not let it be lowered.
const maxConsumers = 1 << 20

// configOf is what the broker has to be told of a stream. Messages are on disk, whatever they are. A message id is remembered
// for two minutes: longer than whoever publishes goes on with one try, and short enough to be held in memory. A stream that
// refuses what is new holds back who fills it; one that does not drops its oldest.
func configOf(s topology.Stream, replicas int) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name: s.Name, Description: topology.Purpose(s.Name), Metadata: metadataOf(s.Subjects...), Subjects: s.Subjects, Storage: jetstream.FileStorage, Replicas: replicas, MaxAge: s.MaxAge, MaxBytes: s.MaxBytes,
		MaxConsumers: maxConsumers, MaxMsgsPerSubject: s.PerSubject, Duplicates: 2 * time.Minute, AllowMsgTTL: s.TTL, AllowAtomicPublish: s.Batch,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		// decisions are read from the leader: AllowDirect stays off
	}
	if s.Compress {
		c.Compression = jetstream.S2Compression
	}
	// with DiscardNewPerSubject the bound of one channel refuses its next message, instead of dropping its first
	if s.Refuse {
		c.Discard = jetstream.DiscardNew
		c.DiscardNewPerSubject = s.PerSubject > 0 && !s.Values
	}
	// a right to one subject is a right to read it from any server alone; what is read from the leader names its subject in the body,
	// where no permission looks. It allows no roll-ups, by which whoever may write one subject could empty all
	c.AllowDirect = s.Values
	return c
}

// bucketConfigOf is what the broker has to be told of a bucket: as the client makes one, that keeps one value a key, but for roll-ups.
// A roll-up is a message whose header has the broker throw away all others, so that whoever may write one key could empty the
// bucket. Buckets that earlier versions have made allow them until [DenyRollups].
func bucketConfigOf(k topology.Bucket, replicas int, rollups bool) jetstream.StreamConfig {
	subject := "$KV." + k.Name + ".>"
	return jetstream.StreamConfig{
		Name: topology.BucketStream + k.Name, Description: topology.Purpose(topology.BucketStream + k.Name), Metadata: metadataOf(subject), Subjects: []string{subject}, Storage: jetstream.FileStorage, Replicas: max(1, replicas),
		MaxAge: k.TTL, MaxBytes: k.MaxBytes, MaxMsgsPerSubject: 1, MaxMsgs: -1, MaxMsgSize: -1, MaxConsumers: -1, Duplicates: 2 * time.Minute,
		Discard: jetstream.DiscardNew, AllowDirect: true, DenyDelete: true, AllowRollup: rollups,
	}
}

// Names of metadata begin so: Puente's own, and what the server adds.
const metadataPrefix, serverPrefix = "puente.", "_nats."

// metadataOf says to whoever looks with the tools of NATS what the messages of a stream are: for each kind of subject its content type.
// The messages of protobuf are those of proto/puente; "puente stored" prints one.
func metadataOf(subjects ...string) map[string]string {
	m := map[string]string{}
	for _, subject := range subjects {
		kind, _, _ := strings.Cut(subject, ".")
		if kind == "$KV" {
			kind = "values"
		}
		m[metadataPrefix+kind] = topology.ContentType(subject)
	}
	return m
}
