package bus

import (
	"strings"
	"time"
)

// Sever cuts the connection at once, as the death of the process does: nothing that runs can store anything more.
func (b *Bus) Sever() { b.sever() }

// ReadAnewEvery makes a watch of the bucket read everything anew this often.
func (k *Bucket) ReadAnewEvery(d time.Duration) *Bucket {
	k.again = d
	return k
}

// Reconnect loses the connection and gets it back.
func (b *Bus) Reconnect() error { return b.Conn().ForceReconnect() }

// Provoke makes the broker close the connection for good: it is sent a line that is longer than it reads.
func (b *Bus) Provoke() error { return b.Conn().Publish(strings.Repeat("x", 5000), nil) }

// Connection tells one connection from the next.
func (b *Bus) Connection() any { return b.link() }
