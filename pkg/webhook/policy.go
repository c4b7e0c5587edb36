package webhook

import (
	"net/http"
	"slices"
)

// Body limits of a policy, in bytes.
const (
	DefaultMaxBody = 1 << 20
	LargestMaxBody = 7 << 20
)

// Policy is how the calls of one network are verified and answered. The zero value admits nothing.
type Policy struct {
	// Verify tells a call of the network from a forged one. Required.
	Verify Scheme
	// Methods are the HTTP methods that are admitted; default POST.
	Methods []string
	// MaxBody is the largest body in bytes; default 1 MB, at most 7 MB, what one stored message holds.
	MaxBody int64
	// Dedupe finds what is the same in a repeated call; the zero value finds nothing, and every call is stored. It is
	// a first net only: repeats that it misses are found by the key of their events.
	Dedupe Expr
	// Accepted answers a stored call; default 200 with no body.
	Accepted Answer
	// Refused answers by cause; what is missing is answered by the cause's own default.
	Refused map[Cause]Answer
}

// Answer is a constant HTTP answer.
type Answer struct {
	// Status is the HTTP status; 0 means the default of what is answered.
	Status int `json:"status,omitempty"`
	// ContentType goes with Body.
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
}

// Cause is why a call is refused. The zero value means that it is not.
type Cause string

// The causes a call is refused for.
const (
	Authentic Cause = ""           // not refused
	Forged    Cause = "forged"     // the credential is missing or wrong: 401
	Method    Cause = "method"     // 405
	TooLarge  Cause = "too_large"  // 413
	NotStored Cause = "not_stored" // 503, so that the network calls again
)

var defaultStatus = map[Cause]int{
	Authentic: http.StatusOK,
	Forged:    http.StatusUnauthorized,
	Method:    http.StatusMethodNotAllowed,
	TooLarge:  http.StatusRequestEntityTooLarge,
	NotStored: http.StatusServiceUnavailable,
}

// Scheme verifies a call. The schemes are this package's own: they travel as data.
type Scheme interface {
	// verify is true where the call proves that it knows one of the secrets. No secret, no entry.
	verify(Call, Secrets) bool
	// strip takes the credential out of what is stored.
	strip(*Call)
	// problem is what is wrong with the scheme itself.
	problem() error
}

// Secrets are a channel's credentials by the name of their account field. Several live values of one field are for
// rotation: any of them admits.
type Secrets map[string][]string

// Check says why the call is to be refused, or [Authentic]. It compares in constant time and reads no clock.
func (p Policy) Check(c Call, s Secrets) Cause {
	if !slices.Contains(p.methods(), c.Method) {
		return Method
	}
	if int64(len(c.Body)) > p.Limit() {
		return TooLarge
	}
	if p.Verify == nil || !p.Verify.verify(c, s) {
		return Forged
	}
	return Authentic
}

// Strip is the call without its credential and without the headers that only concern the connection.
func (p Policy) Strip(c Call) Call {
	c.Header = c.Header.Clone()
	for _, name := range []string{"Connection", "Authorization", "Proxy-Authorization", "Cookie", "Te", "Upgrade"} {
		c.Header.Del(name)
	}
	if p.Verify != nil {
		p.Verify.strip(&c)
	}
	return c
}

// Limit is the largest body in bytes that the policy admits.
func (p Policy) Limit() int64 {
	if p.MaxBody == 0 {
		return DefaultMaxBody
	}
	return min(p.MaxBody, LargestMaxBody)
}

// Answer is what a call that was refused for this cause is answered, or stored for [Authentic].
func (p Policy) Answer(cause Cause) Answer {
	a := p.Accepted
	if cause != Authentic {
		a = p.Refused[cause]
	}
	if a.Status == 0 {
		a.Status = defaultStatus[cause]
	}
	return a
}

func (p Policy) methods() []string {
	if len(p.Methods) == 0 {
		return []string{http.MethodPost}
	}
	return p.Methods
}
