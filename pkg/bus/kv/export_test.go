package kv

import "time"

// ReadAnewEvery makes a watch of the bucket read everything anew this often.
func (k *Bucket) ReadAnewEvery(d time.Duration) *Bucket {
	k.again = d
	return k
}
