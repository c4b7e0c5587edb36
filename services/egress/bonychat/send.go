package bonychat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

type sender struct {
	account Account
	client  *httpclient.Client
}

// Send posts a message.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, s.SendEvent(ctx, &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}})
}

// SendEvent posts a message, an echo or a receipt. The answer's status is all that
// counts: its body is not specified, and is only quoted.
func (s *sender) SendEvent(ctx context.Context, e *eventv1.Event) error {
	post, err := postOf(e)
	if err != nil {
		return outcome.Reject(noPlace, err)
	}
	// Every contact id that the contract allows fits the wider of its two alphabets; the translator chose by type.
	body, err := customchannel.EncodePost(post, customchannel.Custom)
	if err != nil {
		return outcome.Reject(doesNotFit, err)
	}
	answer, err := s.client.Do(ctx, httpclient.Request{
		Method: http.MethodPost, URL: s.account.WebhookURL, Body: bytes.NewReader(body), ContentType: "application/json",
		Header: http.Header{
			"Authorization": {"Bearer " + s.account.APIToken.Reveal()},
			"Cache-Control": {"no-cache"},
		},
		Timeout: 15 * time.Second,
	})
	if f := outcome.Classify(err); f != nil && f.Class == result.Uncertain {
		// the platform drops a repeated mId; a lost answer is no reason to wait longer than for any other failure
		return outcome.Temporary(noAnswer, err)
	}
	if err != nil {
		return outcome.Temporary(unreachable, err)
	}
	return outcome.Quoting(words(answer), judge(answer, e.GetStatus() != nil))
}

// words are the platform's own about an error, where it tells them as the contract does.
func words(a *httpclient.Response) string {
	var body struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(a.Body, &body) // what is none says nothing
	return body.Error.Message
}

// statusFor is how long a receipt is tried for a message that the platform does not know yet.
const statusFor = 2 * time.Minute

// judge says what an answer means.
func judge(a *httpclient.Response, isStatus bool) error {
	cause := fmt.Errorf("status %d, %d bytes", a.Status, len(a.Body))
	switch {
	case a.OK():
		return nil
	case isStatus && (a.Status == http.StatusNotFound || a.Status == http.StatusConflict):
		return outcome.TemporaryFor(statusFor, messageUnknown, cause)
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return outcome.Suspend(refusesChannel.With("status", a.Status), cause)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return outcome.Reject(refusesEvent.With("status", a.Status), cause)
	}
	after, told := a.RetryAfter()
	if told && a.Status < 500 {
		return outcome.Wait(after, outcome.Channel, cause)
	}
	switch {
	case a.Status >= 300 && a.Status < 400: // no post follows a redirect, so nothing will ever arrive
		return outcome.Suspend(redirects.With("status", a.Status), cause)
	case a.Status >= 400 && a.Status < 500 && !passing[a.Status]:
		return outcome.TemporaryFor(strangeFor, refusesEvent.With("status", a.Status), cause)
	default:
		return outcome.TemporaryAfter(after, outOfOrder.With("status", a.Status), cause)
	}
}

// passing are refusals that say nothing of the event.
var passing = map[int]bool{http.StatusRequestTimeout: true, http.StatusTooEarly: true, http.StatusTooManyRequests: true}

// strangeFor is how long a refusal is tried that nobody has described: to try on for days would hold the contact back.
const strangeFor = 15 * time.Minute
