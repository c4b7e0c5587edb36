package kv

import (
	"math"
	"time"
)

// ReadAnewEvery makes a watch of the bucket ask this often whether it has changed.
func (k *Bucket) ReadAnewEvery(d time.Duration) *Bucket {
	k.again = d
	return k
}

// NeverAnyhow makes a watch of the bucket read nothing anew that has not changed.
func (k *Bucket) NeverAnyhow() *Bucket {
	k.anyhow = math.MaxInt
	return k
}
