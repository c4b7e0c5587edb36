package matrix

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
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
var suspends = map[string]reason.Reason{
	unknownToken:          tokenUnknown,
	"M_MISSING_TOKEN":     tokenMissing,
	"M_USER_DEACTIVATED":  userDeactivated,
	"M_USER_LOCKED":       userLocked,
	"M_USER_SUSPENDED":    userSuspended,
	"M_CONSENT_NOT_GIVEN": termsNotAccepted,
	exclusive:             namesDiffer,
	unrecognized:          noHomeserver,
}

// notOurs are the statuses that a proxy answers with a page of its own: without a Matrix error they say nothing.
var notOurs = map[int]bool{403: true, 404: true, 405: true}

// failure classifies an answer that is none of success.
func failure(what string, resp *httpclient.Response) error {
	var a struct {
		Code       string  `json:"errcode"`
		RetryAfter float64 `json:"retry_after_ms"`
	}
	r := &refusal{what: what, status: resp.Status}
	if json.Unmarshal(resp.Body, &a) == nil && code.MatchString(a.Code) {
		r.code = a.Code
	}
	why, suspend := suspends[r.code]
	switch {
	case resp.Status == 429, r.code == "M_LIMIT_EXCEEDED":
		return outcome.Wait(retryAfter(a.RetryAfter, resp), outcome.Channel, r) // limits are per user, the ghost
	case suspend:
		return outcome.Suspend(why, r)
	case resp.Status == 401:
		return outcome.Suspend(tokenRefused, r)
	case resp.Status == 413, r.code == "M_TOO_LARGE":
		return outcome.Reject(tooLargeForServer, r)
	case resp.Status >= 500, resp.Status == 408, resp.Status == 425:
		return outcome.Temporary(outOfOrder, r)
	case r.code == "M_RESOURCE_LIMIT_EXCEEDED":
		return outcome.Temporary(overLimit, r)
	case r.code == "" && (resp.Status < 400 || notOurs[resp.Status]):
		return outcome.Temporary(notMatrix, r)
	case r.code == "":
		return outcome.Reject(refusedStatus.With("status", resp.Status), r)
	default:
		return outcome.Reject(refusedCode.With("status", resp.Status).With("code", r.code), r)
	}
}

// retryAfter is how long a limit lasts: by the header, which is the newer way, or by the body.
func retryAfter(ms float64, resp *httpclient.Response) time.Duration {
	if after, ok := resp.RetryAfter(); ok && after > 0 {
		return after
	}
	const day = 24 * 60 * 60 * 1000
	if ms > 0 {
		return time.Duration(min(ms, day)) * time.Millisecond
	}
	return time.Minute
}
