package bus

import "strings"

// Provoke makes the broker close the connection for good: it is sent a line that is longer than it reads.
func (b *Bus) Provoke() error { return b.Conn().Publish(strings.Repeat("x", 5000), nil) }

// Connection tells one connection from the next.
func (b *Bus) Connection() any { return b.Link() }
