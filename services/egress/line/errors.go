package line

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// refusal is LINE's word that it did nothing.
type refusal struct {
	call   string
	status int
	// property is where the request is wrong, in LINE's spelling.
	property string
	// token says that the reply token is of no use: used before, or over.
	token bool
}

func (r *refusal) Error() string {
	switch {
	case r.token:
		return fmt.Sprintf("%s: status %d: invalid reply token", r.call, r.status)
	case r.property != "":
		return fmt.Sprintf("%s: status %d at %s", r.call, r.status, r.property)
	default:
		return fmt.Sprintf("%s: status %d", r.call, r.status)
	}
}

// refusalOf is the refusal in an error, nil where LINE may have done what was asked for.
func refusalOf(err error) *refusal {
	r, _ := errors.AsType[*refusal](err)
	return r
}

// apiError is https://developers.line.biz/en/reference/messaging-api/#error-responses. Its texts may quote the request.
type apiError struct {
	Message string `json:"message"`
	Details []struct {
		Message  string `json:"message"`
		Property string `json:"property"`
	} `json:"details"`
}

// words are LINE's own, of the part that is wrong where it says so.
func (e apiError) words() string {
	if len(e.Details) > 0 && e.Details[0].Message != "" {
		return e.Details[0].Message
	}
	return e.Message
}

func readError(body []byte) (e apiError) {
	_ = json.Unmarshal(body, &e) // what cannot be read says nothing
	return e
}

// pause is how long is waited where the rate limit is exceeded: LINE counts by the second, and tells no time.
const pause = 5 * time.Second

// refused classifies an answer that is no success.
// https://developers.line.biz/en/reference/messaging-api/#status-codes
func refused(call string, r *httpclient.Response) error {
	e := readError(r.Body)
	if e.Message == "" || r.Status < 400 || r.Status >= 500 {
		return stranger(call, r)
	}
	why := &refusal{call: call, status: r.Status, property: e.property()}
	lower := strings.ToLower(e.Message)
	switch r.Status {
	case http.StatusBadRequest:
		if strings.Contains(lower, "invalid reply token") {
			why.token = true
			return outcome.Reject(replyTokenOver, why)
		}
		text, known := reasonFor(call, lower, why.property)
		if known {
			return outcome.Reject(text, why)
		}
		return outcome.Quoting(e.words(), outcome.Reject(text, why))
	case http.StatusUnauthorized:
		return outcome.Suspend(tokenRefused, why)
	case http.StatusForbidden:
		return outcome.Quoting(e.words(), outcome.Reject(notAllowed, why))
	case http.StatusNotFound:
		return outcome.Suspend(noAPI, why)
	case http.StatusRequestEntityTooLarge:
		return outcome.Reject(messageTooLarge, why)
	case http.StatusTooManyRequests:
		// https://developers.line.biz/en/reference/messaging-api/#error-messages
		if strings.Contains(lower, "monthly limit") || strings.Contains(lower, "additional messages") {
			return outcome.Reject(monthUsedUp, why)
		}
		return overRate(r.Header, why)
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return outcome.Temporary(outOfOrder, fmt.Errorf("%s: status %d", call, r.Status))
	default:
		return outcome.Quoting(e.words(), outcome.Reject(refusedMessage.With("status", r.Status), why))
	}
}

// stranger classifies an answer that is not LINE's word: an error of its own, a proxy's, or another server's. What was
// asked for may have been done.
func stranger(call string, r *httpclient.Response) error {
	cause := fmt.Errorf("%s: status %d", call, r.Status)
	switch {
	case r.Status >= 500:
		return outcome.Temporary(outOfOrder, cause)
	case r.Status == http.StatusUnauthorized:
		return outcome.Suspend(tokenRefused, cause)
	case r.Status == http.StatusTooManyRequests:
		return overRate(r.Header, cause)
	default: // a 404 too
		return outcome.Temporary(notLINE, cause)
	}
}

// overRate is a wait for the rate limit, as long as the answer's headers say.
// https://developers.line.biz/en/reference/messaging-api/#rate-limits
func overRate(h http.Header, cause error) error {
	after := pause
	if told, ok := (&httpclient.Response{Header: h}).RetryAfter(); ok && told > 0 {
		after = told
	}
	return outcome.WaitBecause(after, outcome.Channel, tooManyRequests.With("after", after), cause)
}

// named finds the property in "The property, 'to', in the request body is invalid (line: -, column: -)".
var named = regexp.MustCompile(`(?i)^the property, '([^']+)'`)

// name is what a property's name looks like. Nothing else goes into an error.
var name = regexp.MustCompile(`^[A-Za-z0-9_.\[\]/]{1,100}$`)

// property is where the request is wrong, "" where LINE does not say.
func (e apiError) property() string {
	found := ""
	if len(e.Details) > 0 {
		found = e.Details[0].Property
	} else if match := named.FindStringSubmatch(e.Message); match != nil {
		found = match[1]
	}
	if !name.MatchString(found) {
		return ""
	}
	return found
}

// parts of a message by the end of a property's name, with what is wrong there.
var parts = []struct {
	property string
	why      reason.Reason
}{
	{"quickReply", badReplies},
	{"originalContentUrl", badFileAddress},
	{"previewImageUrl", badPreview},
	{"duration", badDuration},
	{"text", badText},
	{"title", badPlace}, {"address", badPlace}, {"latitude", badPlace}, {"longitude", badPlace},
}

// reasonFor is why LINE finds a request wrong, as the agent reads it; known says that it is more than that it does.
func reasonFor(call, message, property string) (why reason.Reason, known bool) {
	switch {
	case call == setWebhook:
		return webhookAddress, true
	case property == "to":
		return unknownContact, true
	case strings.Contains(message, "failed to send messages"): // https://developers.line.biz/en/faq/tags/message/
		return unknownContact, true
	}
	for _, p := range parts {
		if strings.Contains(property, p.property) {
			return p.why, true
		}
	}
	return refusedMessage.With("status", 400), false
}
