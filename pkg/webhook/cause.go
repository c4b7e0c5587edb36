package webhook

import (
	"net/http"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Cause is why a call is refused. The zero value means that it is not. [Policy] answers by it.
type Cause = proof.Cause

// The causes a call is refused for.
const (
	Authentic       = proof.Authentic // not refused
	Unsigned        = proof.Unsigned  // it holds no credential at all: answered as Forged unless Refused says otherwise
	Forged          = proof.Forged    // its credential is wrong, or does not belong to it: 401
	Stale           = proof.Stale     // authentic, but too old or from the future: answered as Forged unless Refused says otherwise
	Replayed  Cause = "replayed"      // authentic, but its credential has admitted another call already: 409
	Method    Cause = "method"        // 405
	TooLarge  Cause = "too_large"     // 413
	Encoded   Cause = "encoded"       // authentic as far as is known, but its body is compressed: 415
	NotStored Cause = "not_stored"    // 503, so that the network calls again
)

var defaultStatus = map[Cause]int{
	Authentic: http.StatusOK,
	Unsigned:  http.StatusUnauthorized,
	Forged:    http.StatusUnauthorized,
	Stale:     http.StatusUnauthorized,
	Replayed:  http.StatusConflict,
	Method:    http.StatusMethodNotAllowed,
	TooLarge:  http.StatusRequestEntityTooLarge,
	Encoded:   http.StatusUnsupportedMediaType,
	NotStored: http.StatusServiceUnavailable,
}

// Answer is a constant HTTP answer.
type Answer struct {
	// Status is the HTTP status; 0 means the default of what is answered.
	Status int `json:"status,omitempty"`
	// ContentType goes with Body.
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
	// Header holds further headers, such as {"X-Slack-No-Retry": "1"}.
	Header map[string]string `json:"header,omitempty"`
}

// Answer is what a call that was refused for this cause is answered, or stored for [Authentic].
func (p Policy) Answer(cause Cause) Answer {
	a := p.Accepted
	if cause != Authentic {
		own, ok := p.Refused[cause]
		if !ok && (cause == Unsigned || cause == Stale) {
			own = p.Refused[Forged]
		}
		a = own
	}
	if a.Status == 0 {
		a.Status = defaultStatus[cause]
	}
	return a
}
