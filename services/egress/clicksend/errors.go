package clicksend

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// refusal is what ClickSend answered instead of doing what was asked for. It holds nothing of the message.
type refusal struct {
	doing  string
	status int
	code   string
}

func (r *refusal) Error() string {
	if r.code == "" {
		return fmt.Sprintf("%s: status %d", r.doing, r.status)
	}
	return fmt.Sprintf("%s: status %d, %s", r.doing, r.status, r.code)
}

// codePattern matches the codes that are a name of ClickSend's own, and so hold nothing of a message.
var codePattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,60}$`)

// What a person has to do something about before anything is sent: the channel waits, and nothing is lost by it. It is
// probed now and then, so that credit which was bought is found.
var suspending = map[string]reason.Reason{
	"UNAUTHORIZED":          credentialsRefused,
	"MISSING_CREDENTIALS":   credentialsRefused,
	"INVALID_CREDENTIALS":   credentialsRefused,
	"FORBIDDEN":             forbidden,
	"ACCOUNT_NOT_ACTIVATED": notActivated,
	"INSUFFICIENT_CREDIT":   noCredit,
}

// Why a message is refused for good: https://developers.clicksend.com/docs/#application-status-codes
var final = map[string]reason.Reason{
	"INVALID_RECIPIENT":                invalidRecipient,
	"INVALID_SENDER_ID":                badSender,
	"COUNTRY_NOT_ENABLED":              countryOff,
	"REGISTRATION_NEEDED":              register,
	"EMPTY_MESSAGE":                    empty,
	"MISSING_REQUIRED_FIELDS":          somethingMissing,
	"TOO_MANY_RECIPIENTS":              tooManyRecipients,
	"INVALID_SCHEDULE":                 badSchedule,
	"NOT_ENOUGH_PERMISSION_TO_LIST_ID": mayNotWrite,
}

// boundedFor is how long a message is tried that is answered with something nobody knows.
const boundedFor = 15 * time.Minute

// refused classifies an answer of the API. An HTTP status of success may be around another one.
func refused(doing string, e envelope, resp *httpclient.Response) error {
	r := &refusal{doing: doing, status: resp.Status}
	if resp.OK() && e.HTTPCode != 0 {
		r.status = int(e.HTTPCode)
	}
	if codePattern.MatchString(e.Code) {
		r.code = e.Code
	}
	switch {
	case !suspending[r.code].IsZero():
		return outcome.Suspend(suspending[r.code], r)
	case r.status == http.StatusUnauthorized:
		return outcome.Suspend(suspending["UNAUTHORIZED"], r)
	case r.status == http.StatusForbidden:
		return outcome.Suspend(suspending["FORBIDDEN"], r)
	case r.status == http.StatusTooManyRequests, strings.Contains(r.code, "TOO_MANY_REQUESTS"):
		return tooMany(resp, r)
	case r.status >= 500, r.status == http.StatusRequestTimeout:
		return outOfOrder(resp, r)
	case r.status >= 400 && final[r.code].IsZero():
		return outcome.Quoting(e.Message, outcome.Reject(refusedCall.With("what", doing).With("code", r.what()), r))
	default:
		return outcome.Quoting(e.words(r.code), judged(r))
	}
}

// words are ClickSend's own, of an answer whose code nobody knows.
func (e envelope) words(code string) string {
	if !final[code].IsZero() || e.Code == "SUCCESS" {
		return ""
	}
	return e.Message
}

// judged is what a code means that stands with a message, or with an answer as a whole.
func judged(r *refusal) error {
	switch {
	case !suspending[r.code].IsZero():
		return outcome.Suspend(suspending[r.code], r)
	case !final[r.code].IsZero():
		return outcome.Reject(final[r.code], r)
	case strings.Contains(r.code, "OPT_OUT"), strings.Contains(r.code, "OPTED_OUT"), strings.Contains(r.code, "UNSUBSCRIBED"):
		return outcome.Reject(optedOut, r)
	case r.code == "INTERNAL_ERROR", r.code == "SOMETHING_IS_WRONG":
		return outcome.Temporary(down, r)
	default:
		return outcome.TemporaryFor(boundedFor, notTaken.With("code", r.what()), r)
	}
}

func (r *refusal) what() string {
	if r.code == "" {
		return fmt.Sprint(r.status)
	}
	return r.code
}

// tooMany waits as told. The limit was seen to be that of an address and a method, so it is no contact's:
// all channels of the account have it.
func tooMany(resp *httpclient.Response, cause error) error {
	after, ok := resp.RetryAfter()
	if !ok || after <= 0 {
		after = time.Minute
	}
	return outcome.Wait(after, outcome.Account, cause)
}

func outOfOrder(resp *httpclient.Response, cause error) error {
	if after, ok := resp.RetryAfter(); ok && after > 0 {
		return outcome.TemporaryAfter(after, down, cause)
	}
	return outcome.Temporary(down, cause)
}

// stranger classifies an answer that ClickSend did not write: a proxy's, or another server's.
func stranger(doing string, resp *httpclient.Response) error {
	r := &refusal{doing: doing, status: resp.Status}
	switch {
	case resp.Status == http.StatusUnauthorized:
		return outcome.Suspend(suspending["UNAUTHORIZED"], r)
	case resp.Status == http.StatusTooManyRequests:
		return tooMany(resp, r)
	case resp.Status >= 500:
		return outOfOrder(resp, r)
	default: // a 404 too
		return outcome.Temporary(notClickSend, r)
	}
}
