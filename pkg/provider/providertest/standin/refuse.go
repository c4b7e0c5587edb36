package standin

import (
	"crypto/subtle"
	"sync"
	"time"
)

// RateLimit refuses calls for a time.
type RateLimit struct {
	mu    sync.Mutex
	until time.Time
}

// Limit refuses calls until the time has passed, as the network does; 0 takes them again.
func (t *RateLimit) Limit(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = time.Now().Add(d)
}

// Left is for how long calls are still refused, 0 where they are taken.
func (t *RateLimit) Left() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, time.Until(t.until))
}

// Credential is what an API asks its callers for. The zero value admits nobody.
type Credential struct {
	mu      sync.Mutex
	value   string
	revoked bool
}

// Renew gives the account another credential; the old one is refused.
func (c *Credential) Renew(value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value, c.revoked = value, false
}

// Revoke makes the credential one that the network refuses, or takes again.
func (c *Credential) Revoke(revoked bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revoked = revoked
}

// Admits says whether a call came with the credential.
func (c *Credential) Admits(sent string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value != "" && !c.revoked && subtle.ConstantTimeCompare([]byte(sent), []byte(c.value)) == 1
}

// Value is the credential, revoked or not.
func (c *Credential) Value() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value
}
