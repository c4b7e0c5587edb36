package whatsapp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// refusal is an error of the Graph API, without its words: they may hold what was sent.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
type refusal struct {
	status    int
	code      int
	subcode   int
	trace     string // for Meta's support
	transient bool
	words     string        // what Meta calls it, for [outcome.Quoting] alone
	after     time.Duration // what the answer's headers ask to wait, 0 for nothing
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("status %d, error %d", r.status, r.code)
	if r.subcode != 0 {
		text += fmt.Sprintf(", subcode %d", r.subcode)
	}
	if r.trace != "" {
		text += ", trace " + r.trace
	}
	return text
}

var trace = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// failed reads an answer that is an error. One with a status of success is an error too where it says so.
func failed(r *httpclient.Response) (*refusal, bool) {
	var body struct {
		Error *struct {
			Code      int    `json:"code"`
			Subcode   int    `json:"error_subcode"`
			Trace     string `json:"fbtrace_id"`
			Title     string `json:"error_user_title"`
			Message   string `json:"message"`
			Transient bool   `json:"is_transient"`
		} `json:"error"`
	}
	if json.Unmarshal(r.Body, &body) != nil || body.Error == nil {
		return nil, false
	}
	e := &refusal{
		status: r.Status, code: body.Error.Code, subcode: body.Error.Subcode, transient: body.Error.Transient, after: asked(r),
	}
	e.words = titled(body.Error.Title, body.Error.Message)
	if trace.MatchString(body.Error.Trace) {
		e.trace = body.Error.Trace
	}
	return e, true
}

// numbered is what Meta writes before the title of an error: "(#131053) Media upload error".
var numbered = regexp.MustCompile(`^\(#\d+\)\s*`)

// titled is the title of an error: as Meta has it for people, else as it begins the message.
func titled(title, message string) string {
	if title != "" {
		return title
	}
	return numbered.ReplaceAllString(message, "")
}

// asked is how long the headers ask to wait: Retry-After, or minutes in a JSON object by business.
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting#headers-2
func asked(r *httpclient.Response) time.Duration {
	if after, ok := r.RetryAfter(); ok {
		return after
	}
	var usage map[string][]struct {
		Minutes int `json:"estimated_time_to_regain_access"`
	}
	if json.Unmarshal([]byte(r.Header.Get("X-Business-Use-Case-Usage")), &usage) != nil {
		return 0
	}
	longest := 0
	for _, limits := range usage {
		for _, l := range limits {
			longest = max(longest, l.Minutes)
		}
	}
	const day = 24 * 60
	return time.Duration(min(longest, day)) * time.Minute
}

func (r *refusal) classify() error {
	if r.code == 100 && r.subcode == noSuchObject {
		return outcome.Suspend(noSuchNumber, r)
	}
	k, known := codes[r.code]
	if !known {
		return r.stranger()
	}
	text := reasonFor(r.code)
	switch k.class {
	case waits:
		return outcome.WaitBecause(max(k.pause, r.after), k.scope, text, r)
	case suspends:
		return outcome.Suspend(text, r)
	case passes:
		return outcome.Temporary(text, r)
	case mayPass:
		return outcome.TemporaryFor(cmp.Or(k.within, mayPassWithin), text, r)
	default:
		return outcome.Reject(text, r)
	}
}

// ofCall classifies the refusal of a call that is about no message: what codes say of messages is not meant there.
func (r *refusal) ofCall() error {
	if k, known := codes[r.code]; known && k.class == refuses && r.subcode != noSuchObject {
		return outcome.Quoting(r.words, outcome.Reject(callRefused.With("code", r.code), r))
	}
	return r.classify()
}

// noSuchObject is the subcode of an id that does not exist or may not be used.
const noSuchObject = 33

// mayPassWithin bounds the tries of what is a fault of the request or of WhatsApp's: nobody can tell.
const mayPassWithin = 15 * time.Minute

// stranger is a code that is not in the table: by what the answer says of itself.
func (r *refusal) stranger() error {
	switch {
	case r.code >= 200 && r.code <= 299, r.status == http.StatusUnauthorized:
		return outcome.Quoting(r.words, outcome.Suspend(notAllowedHere, r))
	case r.status == http.StatusTooManyRequests:
		return outcome.Wait(max(r.after, time.Minute), outcome.Channel, r)
	case r.status >= 500, r.transient:
		return outcome.Quoting(r.words, outcome.Temporary(outOfOrder.With("code", r.code), r))
	default:
		return outcome.Quoting(r.words, outcome.Reject(reasonFor(r.code), r))
	}
}
