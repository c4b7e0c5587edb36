package topology

import "time"

// The buckets.
const (
	Networks = "NETWORKS" // what each network declares
	Channels = "CHANNELS" // settings without secrets, and state
	Secrets  = "SECRETS"  // credentials, and the deployment's digest key
	Contacts = "CONTACTS" // contact digests back to addresses, and what networks keep of contacts
	Context  = "CONTEXT"  // open numbered replies
	Replies  = "REPLIES"  // how contacts can be answered, as their network said
	State    = "STATE"    // what networks keep of their channels, tokens among it
	Leases   = "LEASES"   // who owns which unit, and how far it came
)

// EarlierMedia is the object store in which earlier versions kept the attachments of all networks (stream OBJ_MEDIA). It is read for
// files whose id names no network, never written, and removed when its last file is past [KeepMedia]. It was given up because the
// service of any network could overwrite and delete another's files.
const (
	EarlierMedia       = "MEDIA"
	EarlierMediaStream = "OBJ_" + EarlierMedia
)

// Bucket is one key-value bucket as data.
type Bucket struct {
	// Name is the bucket's own; the broker has it as the stream KV_<name>.
	Name string
	// TTL is how long a value is kept; 0 is for ever.
	TTL time.Duration
	// MaxBytes bounds the bucket; see [Stream].
	MaxBytes int64
	// Settings is true for a bucket that grows with the number of channels, and not with the traffic.
	Settings bool
}

// Buckets are all buckets of a deployment.
func Buckets() []Bucket { return append([]Bucket(nil), buckets...) }

var buckets = []Bucket{
	{Networks, 0, 16 << 20, true}, {Channels, 0, 64 << 20, true}, {Secrets, 0, 64 << 20, true}, {Contacts, 0, gigabyte, false},
	{Context, day, 256 << 20, false}, {Replies, day + time.Hour, 256 << 20, false}, {State, 0, 64 << 20, true}, {Leases, 0, 256 << 20, true},
}
