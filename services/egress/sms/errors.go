package sms

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// boundedFor is how long a message is tried that is answered with something that is not declared.
const boundedFor = 15 * time.Minute

// number matches codes that hold nothing of a message.
var number = regexp.MustCompile(`^[0-9]{1,6}$`)

// judge says what an answer means: by the codes that are declared first, whatever HTTP's status is around them; then by
// what success is; then by the status.
func (s Send) judge(resp *httpclient.Response) (provider.Sent, error) {
	answer := said{json: decoded(resp.Body), header: resp.Header, body: resp.Body}
	codes := answer.each(s.Code)
	fits := resp.OK()
	if len(s.Success.Statuses) > 0 {
		fits = slices.Contains(s.Success.Statuses, resp.Status)
	}
	// A code that happens to be listed says nothing where all that makes a success is there.
	taken := fits && answer.all(s.Success.Where)
	if id := answer.first(s.ID); taken && (id != "" || len(s.ID) == 0) {
		return provider.Sent{Ref: id}, nil
	}
	for _, code := range append(codes, fmt.Sprintf("http:%d", resp.Status)) {
		if err := s.declared(code, resp); err != nil {
			return provider.Sent{}, outcome.Quoting(answer.first(s.Words), err)
		}
	}
	if resp.Status == http.StatusPaymentRequired || resp.Status == http.StatusForbidden { // nothing is lost by waiting for a person
		return provider.Sent{}, outcome.Quoting(answer.first(s.Words), outcome.Suspend(accountRefused.With("code", fmt.Sprint(resp.Status)), fmt.Errorf("the message: status %d", resp.Status)))
	}
	if resp.Status == http.StatusTooManyRequests { // no provider is known that counts by contact
		return provider.Sent{}, wait(resp, fmt.Errorf("the message: status %d", resp.Status))
	}
	if resp.Status == http.StatusBadGateway || resp.Status == http.StatusGatewayTimeout { // a proxy's: the provider may have taken it
		return provider.Sent{}, resp.Unanswered(fmt.Errorf("the message: status %d", resp.Status))
	}
	if err := resp.Err(); err != nil && !fits {
		return provider.Sent{}, outcome.Quoting(answer.first(s.Words), err)
	}
	// What looks like a success, and is not all of one, may have been taken.
	if len(codes) == 0 || taken && len(s.Success.Where) > 0 || s.Success.says(codes[0]) {
		return provider.Sent{}, resp.Unanswered(fmt.Errorf("the message: status %d, and neither a success nor a code that is declared", resp.Status))
	}
	code := s.shown(codes[0])
	err := fmt.Errorf("the message: status %d, code %s", resp.Status, code)
	return provider.Sent{}, outcome.Quoting(answer.first(s.Words), outcome.TemporaryFor(boundedFor, notTaken.With("code", code), err))
}

// says whether a code is one that a success has.
func (s Success) says(code string) bool {
	for _, values := range s.Where {
		if values.has(code) {
			return true
		}
	}
	return false
}

// declared is what a code means that stands in a list; nil for one that does not.
func (s Send) declared(code string, resp *httpclient.Response) error {
	cause := fmt.Errorf("the message: status %d, code %s", resp.Status, s.shown(code))
	after, told := resp.RetryAfter()
	switch {
	case s.Final.has(code):
		return outcome.Reject(refused.With("code", s.shown(code)), cause)
	case s.Suspend.has(code):
		return outcome.Suspend(accountRefused.With("code", s.shown(code)), cause)
	case s.Wait.has(code):
		return wait(resp, cause)
	case s.Retry.has(code) && told && after > 0:
		return outcome.TemporaryAfter(after, notNow.With("code", s.shown(code)), cause)
	case s.Retry.has(code):
		return outcome.Temporary(notNow.With("code", s.shown(code)), cause)
	default:
		return nil
	}
}

// wait is a wait of all channels of the account, as told or for a minute.
func wait(resp *httpclient.Response, cause error) error {
	after, told := resp.RetryAfter()
	if !told || after <= 0 {
		after = time.Minute
	}
	return outcome.Wait(after, outcome.Account, cause)
}

// shown is a code as it may be told: one that is declared, or a short number. Any other might be a part of the message.
func (s Send) shown(code string) string {
	if number.MatchString(code) || slices.Contains(slices.Concat(s.Final, s.Retry, s.Wait, s.Suspend), code) {
		return code
	}
	return "?"
}

var errUnread = errors.New("the call is neither a message nor a receipt: nothing stands where the declaration says")
