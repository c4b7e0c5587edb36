package bus

// Storage is how the streams of a deployment are kept.
type Storage struct {
	// Replicas is on how many servers each stream is: 1, 3 or 5.
	Replicas int
	// Bytes is what all streams, buckets and attachments may take together on each server: their limits are shares of
	// it. 0 leaves the limits as they are declared, for a disk of 50 GB and more.
	Bytes int64
	// NewDigestKey makes a new digest key where the old one is lost. Without it a lost key is [ErrDigestKeyLost].
	NewDigestKey bool
}

// settingsShare of the whole is what each bucket of settings may take at most: they grow with the channels, not with
// the traffic.
const settingsShare = 64

// limits are the streams, the buckets and the attachments' bytes of a deployment, within its storage.
func (s Storage) limits(networks []string) (streams []Stream, kept []bucket, media int64) {
	streams, kept, media = Streams(networks), append([]bucket(nil), buckets...), mediaBytes
	if s.Bytes == 0 {
		return streams, kept, media
	}
	left, declared := s.Bytes, media
	for i := range kept {
		if kept[i].settings {
			kept[i].maxBytes = min(kept[i].maxBytes, s.Bytes/settingsShare)
			left -= kept[i].maxBytes
		} else {
			declared += kept[i].maxBytes
		}
	}
	for _, st := range streams {
		declared += st.MaxBytes
	}
	share := float64(left) / float64(declared)
	part := func(limit int64) int64 { return int64(float64(limit) * share) }
	for i := range streams {
		streams[i].MaxBytes = part(streams[i].MaxBytes)
	}
	for i := range kept {
		if !kept[i].settings {
			kept[i].maxBytes = part(kept[i].maxBytes)
		}
	}
	return streams, kept, part(media)
}
