package topology

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultStore is how many bytes everything that is kept may take together on each server, if nothing else is configured. It does
// not grow with the number of networks.
const DefaultStore = 20 * gigabyte

// settingsShare: each bucket of settings may take at most this fraction of the whole, 1/64.
const settingsShare = 64

// Limits are the streams and the buckets of a deployment, each with the bytes that it may take.
type Limits struct {
	Streams []Stream
	Buckets []Bucket
}

// LimitsOf divides the bytes that a deployment with these networks may take in all (0 means [DefaultStore]) among its streams and
// buckets. The sizes that streams declare are weights. The streams of all networks together, with the platform's, have the share of one
// network and the platform: with more networks each network gets less, and nothing else does. sent is how long [Sent] keeps a message.
// With 0 there is no such stream, and its share stays unused, so that turning it off and on again changes no other limit.
func LimitsOf(networks []string, bytes int64, sent time.Duration) Limits {
	if bytes == 0 {
		bytes = DefaultStore
	}
	l := Limits{Streams: Streams(networks), Buckets: Buckets()}
	far := min(1, float64(farWeight(Streams([]string{"one"})))/float64(farWeight(l.Streams)))
	weight := func(s Stream) float64 {
		if perDestination(s) {
			return float64(s.MaxBytes) * far
		}
		return float64(s.MaxBytes)
	}
	left, declared := bytes, 0.0
	for i, b := range l.Buckets {
		if b.Settings {
			l.Buckets[i].MaxBytes = min(b.MaxBytes, bytes/settingsShare)
			left -= l.Buckets[i].MaxBytes
		} else {
			declared += float64(b.MaxBytes)
		}
	}
	for _, s := range l.Streams {
		declared += weight(s)
	}
	share := float64(left) / declared
	for i, s := range l.Streams {
		l.Streams[i].MaxBytes = int64(weight(s) * share)
	}
	for i, b := range l.Buckets {
		if !b.Settings {
			l.Buckets[i].MaxBytes = int64(float64(b.MaxBytes) * share)
		}
	}
	at := slices.IndexFunc(l.Streams, func(s Stream) bool { return s.Name == Sent.Name })
	l.Streams[at].MaxAge = sent
	if sent == 0 {
		l.Streams = slices.Delete(l.Streams, at, at+1)
	}
	return l
}

// ByName is how many bytes each stream may take, by its name at the broker; that of a bucket is KV_<name>.
func (l Limits) ByName() map[string]int64 {
	limits := map[string]int64{}
	for _, s := range l.Streams {
		limits[s.Name] = s.MaxBytes
	}
	for _, b := range l.Buckets {
		limits["KV_"+b.Name] = b.MaxBytes
	}
	return limits
}

// perDestination says that there is one such stream for each network.
func perDestination(s Stream) bool {
	kind, _, ok := strings.Cut(s.Name, "_")
	return ok && (kind == "WEBHOOKS" || kind == "EGRESS" || kind == "OUTCOMES")
}

// farWeight is what the streams of destinations weigh together, the platform's among them.
func farWeight(streams []Stream) (sum int64) {
	for _, s := range streams {
		if perDestination(s) {
			sum += s.MaxBytes
		}
	}
	return sum
}

// Size is a number of bytes for a person: "1.5 GB". Units are those of the configuration, powers of 1,024. Less than 1 MB is a
// part of it: "0.5 MB".
func Size(bytes int64) string {
	n, unit := float64(bytes)/(1<<20), "MB"
	for _, larger := range []string{"GB", "TB"} {
		if n < 1024 {
			break
		}
		n, unit = n/1024, larger
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " " + unit
}
