package topology

import "time"

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

// Bucket is one key-value bucket as data.
type Bucket struct {
	// Name is the bucket's own; the broker has it as the stream KV_<name>.
	Name string
	// TTL is how long a value is kept; 0 is for ever.
	TTL time.Duration
	// MaxBytes bounds the bucket; see [Stream].
	MaxBytes int64
	// Settings says that it grows with the channels, not with the traffic.
	Settings bool
}

// Buckets are all buckets of a deployment.
func Buckets() []Bucket { return append([]Bucket(nil), buckets...) }

var buckets = []Bucket{
	{Networks, 0, 16 << 20, true}, {Channels, 0, 64 << 20, true}, {Secrets, 0, 64 << 20, true}, {Contacts, 0, gigabyte, false},
	{Context, day, 256 << 20, false}, {Replies, day + time.Hour, 256 << 20, false}, {Leases, 0, 256 << 20, true},
}

// mediaBytes bounds the store of attachments; a full one takes no more until its oldest are past [KeepMedia].
const mediaBytes = 8 * gigabyte
