package clicksend

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
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
var suspending = map[string]string{
	"UNAUTHORIZED":          "ClickSend refuses the username or the API key",
	"MISSING_CREDENTIALS":   "ClickSend refuses the username or the API key",
	"INVALID_CREDENTIALS":   "ClickSend refuses the username or the API key",
	"FORBIDDEN":             "ClickSend does not let this user do that",
	"ACCOUNT_NOT_ACTIVATED": "the ClickSend account is not activated",
	"INSUFFICIENT_CREDIT":   "the ClickSend account has no credit left",
}

// Why a message is refused for good: https://developers.clicksend.com/docs/#application-status-codes
var final = map[string]string{
	"INVALID_RECIPIENT":                "the number is not one that can be sent an SMS",
	"INVALID_SENDER_ID":                "ClickSend does not take the channel's sender (from) for this number",
	"COUNTRY_NOT_ENABLED":              "the ClickSend account may not send to this country: enable it under Global Sending",
	"REGISTRATION_NEEDED":              "the ClickSend account has to be registered before it may send to this country",
	"EMPTY_MESSAGE":                    "the message is empty",
	"MISSING_REQUIRED_FIELDS":          "ClickSend misses something in the message",
	"TOO_MANY_RECIPIENTS":              "ClickSend takes no message to so many",
	"INVALID_SCHEDULE":                 "ClickSend does not take the message's time",
	"NOT_ENOUGH_PERMISSION_TO_LIST_ID": "ClickSend does not let this user write to the contact",
}

// boundedFor is how long a message is tried that is answered with something nobody knows.
const boundedFor = 15 * time.Minute

// refused classifies an answer of the API. An HTTP status of success may be around another one.
func refused(doing string, e envelope, resp *provider.Response) error {
	r := &refusal{doing: doing, status: resp.Status}
	if resp.OK() && e.HTTPCode != 0 {
		r.status = int(e.HTTPCode)
	}
	if codePattern.MatchString(e.Code) {
		r.code = e.Code
	}
	switch {
	case suspending[r.code] != "":
		return provider.Suspend(suspending[r.code], r)
	case r.status == http.StatusUnauthorized:
		return provider.Suspend(suspending["UNAUTHORIZED"], r)
	case r.status == http.StatusForbidden:
		return provider.Suspend(suspending["FORBIDDEN"], r)
	case r.status == http.StatusTooManyRequests, strings.Contains(r.code, "TOO_MANY_REQUESTS"):
		return tooMany(resp, r)
	case r.status >= 500, r.status == http.StatusRequestTimeout:
		return outOfOrder(resp, r)
	case r.status >= 400 && final[r.code] == "":
		return provider.Quoting(e.Message, provider.Reject(fmt.Sprintf("ClickSend refused %s (%s)", doing, r.what()), r))
	default:
		return provider.Quoting(e.words(r.code), judged(r))
	}
}

// words are ClickSend's own, of an answer whose code nobody knows.
func (e envelope) words(code string) string {
	if final[code] != "" || e.Code == "SUCCESS" {
		return ""
	}
	return e.Message
}

// judged is what a code means that stands with a message, or with an answer as a whole.
func judged(r *refusal) error {
	switch {
	case suspending[r.code] != "":
		return provider.Suspend(suspending[r.code], r)
	case final[r.code] != "":
		return provider.Reject(final[r.code], r)
	case strings.Contains(r.code, "OPT_OUT"), strings.Contains(r.code, "OPTED_OUT"), strings.Contains(r.code, "UNSUBSCRIBED"):
		return provider.Reject("the contact has opted out of messages", r)
	case r.code == "INTERNAL_ERROR", r.code == "SOMETHING_IS_WRONG":
		return provider.Temporary("ClickSend is out of order", r)
	default:
		return provider.TemporaryFor(boundedFor, fmt.Sprintf("ClickSend does not take the message (%s)", r.what()), r)
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
func tooMany(resp *provider.Response, cause error) error {
	after, ok := resp.RetryAfter()
	if !ok || after <= 0 {
		after = time.Minute
	}
	return provider.Wait(after, provider.Account, cause)
}

func outOfOrder(resp *provider.Response, cause error) error {
	if after, ok := resp.RetryAfter(); ok && after > 0 {
		return provider.TemporaryAfter(after, "ClickSend is out of order", cause)
	}
	return provider.Temporary("ClickSend is out of order", cause)
}

// stranger classifies an answer that ClickSend did not write: a proxy's, or another server's.
func stranger(doing string, resp *provider.Response) error {
	r := &refusal{doing: doing, status: resp.Status}
	switch {
	case resp.Status == http.StatusUnauthorized:
		return provider.Suspend(suspending["UNAUTHORIZED"], r)
	case resp.Status == http.StatusTooManyRequests:
		return tooMany(resp, r)
	case resp.Status >= 500:
		return outOfOrder(resp, r)
	default: // a 404 too
		return provider.Temporary("something other than ClickSend answers", r)
	}
}
