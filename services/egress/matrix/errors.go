package matrix

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// Error codes that are asked for: https://spec.matrix.org/latest/client-server-api/#standard-error-response
const (
	forbidden    = "M_FORBIDDEN"
	notFound     = "M_NOT_FOUND"
	unrecognized = "M_UNRECOGNIZED"
	unknownToken = "M_UNKNOWN_TOKEN"
	roomInUse    = "M_ROOM_IN_USE"
	userInUse    = "M_USER_IN_USE"
	exclusive    = "M_EXCLUSIVE"
)

// refusal is the homeserver's word that it did nothing. Its text is left out: it is any server's own, and may hold
// what was sent; the code is of a fixed vocabulary.
type refusal struct {
	what   string
	status int
	code   string
}

func (r *refusal) Error() string {
	if r.code == "" {
		return fmt.Sprintf("%s: status %d without a Matrix error", r.what, r.status)
	}
	return fmt.Sprintf("%s: %d %s", r.what, r.status, r.code)
}

// isRefusal says whether the homeserver refused with one of these codes.
func isRefusal(err error, codes ...string) bool {
	r, ok := errors.AsType[*refusal](err)
	for _, code := range codes {
		if ok && r.code == code {
			return true
		}
	}
	return false
}

// code matches the names of errors: they hold nothing of the message.
var code = regexp.MustCompile(`^[A-Z][A-Z0-9_.]{1,63}$`)

// suspends are the codes that no message gets past, with what the operator reads.
var suspends = map[string]string{
	unknownToken:          "the homeserver does not know the as_token: give it the registration that is printed at the start, or put as_token right",
	"M_MISSING_TOKEN":     "the homeserver sees no as_token: something on the way removes it",
	"M_USER_DEACTIVATED":  "the channel's user is deactivated on the homeserver",
	"M_USER_LOCKED":       "the channel's user is locked on the homeserver",
	"M_USER_SUSPENDED":    "the channel's user is suspended on the homeserver",
	"M_CONSENT_NOT_GIVEN": "the homeserver wants its terms to be accepted for the channel's user",
	exclusive:             "the registration at the homeserver does not hold the channel's names: user_prefix or server_name differ",
	unrecognized:          "what answers at the homeserver's address does not know this call: it is no Matrix homeserver, or an old one",
}

// notOurs are the statuses that a proxy answers with a page of its own: without a Matrix error they say nothing.
var notOurs = map[int]bool{403: true, 404: true, 405: true}

// failure classifies an answer that is none of success.
func failure(what string, resp *provider.Response) error {
	var a struct {
		Code       string  `json:"errcode"`
		RetryAfter float64 `json:"retry_after_ms"`
	}
	r := &refusal{what: what, status: resp.Status}
	if json.Unmarshal(resp.Body, &a) == nil && code.MatchString(a.Code) {
		r.code = a.Code
	}
	reason, suspend := suspends[r.code]
	switch {
	case resp.Status == 429, r.code == "M_LIMIT_EXCEEDED":
		return provider.Wait(retryAfter(a.RetryAfter, resp), provider.Channel, r) // limits are per user, the ghost
	case suspend:
		return provider.Suspend(reason, r)
	case resp.Status == 401:
		return provider.Suspend("the homeserver refuses the as_token", r)
	case resp.Status == 413, r.code == "M_TOO_LARGE":
		return provider.Reject("it is larger than the homeserver takes", r)
	case resp.Status >= 500, resp.Status == 408, resp.Status == 425:
		return provider.Temporary("the homeserver is out of order", r)
	case r.code == "M_RESOURCE_LIMIT_EXCEEDED":
		return provider.Temporary("the homeserver is over a limit of its own", r)
	case r.code == "" && (resp.Status < 400 || notOurs[resp.Status]):
		return provider.Temporary("something other than the homeserver answers", r)
	case r.code == "":
		return provider.Reject(fmt.Sprintf("the homeserver refused it (%d)", resp.Status), r)
	default:
		return provider.Reject(fmt.Sprintf("the homeserver refused it (%d %s)", resp.Status, r.code), r)
	}
}

// retryAfter is how long a limit lasts: by the header, which is the newer way, or by the body.
func retryAfter(ms float64, resp *provider.Response) time.Duration {
	if after, ok := resp.RetryAfter(); ok && after > 0 {
		return after
	}
	const day = 24 * 60 * 60 * 1000
	if ms > 0 {
		return time.Duration(min(ms, day)) * time.Millisecond
	}
	return time.Minute
}
