package twilio

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// refusal is Twilio's word that it did nothing: https://www.twilio.com/docs/usage/twilios-response#exceptions. Its
// message is left out: it may hold the contact's number.
type refusal struct {
	what         string
	status, code int
}

func (r *refusal) Error() string {
	if r.code == 0 {
		return fmt.Sprintf("%s: status %d without Twilio's answer", r.what, r.status)
	}
	return fmt.Sprintf("%s: status %d, error %d", r.what, r.status, r.code)
}

// noMedia are the codes of a message that would be taken without its file: its sender or its contact has no MMS.
var noMedia = map[int]bool{
	21612: true, // no way to this contact from this sender, with a file
	21621: true, // the sender has no MMS
	21622: true, // the account has no MMS
	21670: true, // the region has no media
}

// suspended are the codes of an account that nothing can be sent from until somebody changes something.
var suspended = map[int]reason.Reason{
	20003: badCredentials,
	20005: accountClosed,
	20404: noAccount,
	30002: accountClosed,
	90010: accountClosed,
}

// How long to wait where Twilio does not say.
const (
	tooManyAtOnce = 5 * time.Second // too many requests at a time: over as soon as some are answered
	queueFull     = time.Minute     // hours of messages wait at Twilio for this sender
	dailyLimit    = time.Hour       // of a rolling 24 hours
)

// limit is a bound that was met: how long to wait where the answer does not say, for whom, and what the agent reads.
type limit struct {
	after time.Duration
	scope result.Scope
	why   reason.Reason
}

// atOnce is the limit of requests at a time: https://www.twilio.com/docs/api/errors/20429
var atOnce = limit{tooManyAtOnce, outcome.Account, tooManyRequests}

// waits are the limits by their codes.
var waits = map[int]limit{
	20429: atOnce,
	21611: {queueFull, outcome.Channel, senderQueueFull}, // https://www.twilio.com/docs/api/errors/21611
	30454: {dailyLimit, outcome.Account, dayUsedUp},      // https://www.twilio.com/docs/api/errors/30454
	63017: {queueFull, outcome.Account, accountOverRate}, // https://www.twilio.com/docs/api/errors/63017
	63018: {queueFull, outcome.Channel, senderOverRate},  // https://www.twilio.com/docs/api/errors/63018
	63038: {dailyLimit, outcome.Account, dayUsedUp},      // https://www.twilio.com/docs/api/errors/63038
}

// wait is what becomes of a send that met the limit, with what the answer's headers say.
func (l limit) wait(h http.Header, cause error) error {
	after := l.after
	if told, ok := (&httpclient.Response{Header: h}).RetryAfter(); ok && told > 0 {
		after = told
	}
	return outcome.WaitBecause(after, l.scope, l.why.With("after", after), cause)
}

// refused classifies an answer that is no success. https://www.twilio.com/docs/usage/twilios-response
func refused(what string, resp *httpclient.Response) error {
	var body struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(resp.Body, &body) // a proxy in between answers otherwise, and the status has to do
	r := &refusal{what: what, status: resp.Status, code: body.Code}
	if r.code == 0 {
		return stranger(r, resp)
	}
	over, limited := waits[r.code]
	if r.status == http.StatusTooManyRequests && !limited {
		over, limited = atOnce, true
	}
	switch {
	case !suspended[r.code].IsZero():
		return outcome.Suspend(suspended[r.code], r)
	case r.status == http.StatusUnauthorized:
		return outcome.Suspend(suspended[20003], r)
	case limited:
		return over.wait(resp.Header, r)
	case r.status >= 500, r.status == http.StatusRequestTimeout, r.code == 20500, r.code == 21730: // 21730: maintenance
		return later(resp, r)
	case !reasons[r.code].IsZero():
		return outcome.Reject(reasons[r.code], r)
	case noMedia[r.code]:
		return outcome.Reject(takesNoFiles, r)
	default: // Twilio looked at it and refused it: it would again
		return outcome.Quoting(body.Message, outcome.Reject(refusedMessage.With("code", r.code), r))
	}
}

// stranger classifies an answer that Twilio's API did not write: a proxy's, or another server's.
func stranger(r *refusal, resp *httpclient.Response) error {
	switch r.status {
	case http.StatusUnauthorized:
		return outcome.Suspend(suspended[20003], r)
	case http.StatusTooManyRequests:
		return atOnce.wait(resp.Header, r)
	case http.StatusBadGateway, http.StatusGatewayTimeout: // what stands behind it may have taken the message
		return resp.Unanswered(r)
	}
	if r.status >= 500 {
		return later(resp, r)
	}
	return outcome.Temporary(notTwilio, r) // a 404 too
}

func later(resp *httpclient.Response, r *refusal) error {
	if told, ok := resp.RetryAfter(); ok && told > 0 {
		return outcome.TemporaryAfter(told, twilioDown, r)
	}
	return outcome.Temporary(twilioDown, r)
}
