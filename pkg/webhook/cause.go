package webhook

import (
	"net/http"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Cause is why a call is refused. The zero value, [Authentic], means that it is not. A [Policy] may answer each cause differently.
type Cause = proof.Cause

// The causes a call is refused for.
const (
	Authentic       = proof.Authentic // not refused
	Unsigned        = proof.Unsigned  // the call has no credential: 401
	Forged          = proof.Forged    // the credential is wrong, or was made for another call: 401
	Stale           = proof.Stale     // authentic, but too old, or from the future: 401
	Replayed  Cause = "replayed"      // authentic, but its credential has admitted another call already: 409
	Method    Cause = "method"        // an HTTP method that the policy does not take: 405
	TooLarge  Cause = "too_large"     // the body is larger than the policy allows: 413
	Encoded   Cause = "encoded"       // the body is compressed: 415
	NotStored Cause = "not_stored"    // it could not be stored: 503, so that the network calls again
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

// Answer is an HTTP answer that is the same for every call.
type Answer struct {
	// Status is the HTTP status; 0 is the default: 200 for a stored call or a handshake, and the cause's own for a refused call.
	Status int `json:"status,omitempty"`
	// ContentType is that of Body.
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
	// Header holds further headers, such as {"X-Slack-No-Retry": "1"}.
	Header map[string]string `json:"header,omitempty"`
}

// Answer is the answer to a call that was refused for this cause; with [Authentic], the answer to a call that was stored.
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
