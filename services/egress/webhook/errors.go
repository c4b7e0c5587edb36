package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// pause is how long an app is left alone that says 429 and no time.
const pause = time.Minute

// judge is what an app's answer says. Standard Webhooks repeats a call after any answer but 2xx and 410; here an app can
// also say that it will never take a message, so that the agent learns it now and not in a day. What says nothing about the
// message (404 while the app is being deployed, 5xx) is tried again for the whole validity.
func judge(r *httpclient.Response) error {
	cause := fmt.Errorf("status %d", r.Status)
	after, dated := r.RetryAfter()
	switch {
	case page(r) && r.OK():
		return r.Unanswered(errors.New("the answer is a page"))
	case page(r):
		return outcome.Temporary(aPage, cause)
	case r.OK():
		return nil
	case r.Status == http.StatusUnauthorized, r.Status == http.StatusForbidden:
		return outcome.Suspend(signatureRefused, cause)
	case r.Status == http.StatusGone:
		return outcome.Suspend(appGone, cause)
	case r.Status == http.StatusTooManyRequests:
		if !dated {
			after = pause
		}
		return outcome.Wait(after, outcome.Channel, cause)
	case r.Status == http.StatusBadRequest, r.Status == http.StatusRequestEntityTooLarge, r.Status == http.StatusUnprocessableEntity:
		return outcome.Quoting(words(r.Body), outcome.Reject(refusedMessage.With("status", r.Status), cause))
	case dated:
		return outcome.TemporaryAfter(after, notNow.With("status", r.Status), cause)
	default:
		return outcome.Temporary(notNow.With("status", r.Status), cause)
	}
}

// page says that an answer is a page of HTML, by its type and its first character: a framework that calls "ok" HTML has
// taken the message.
func page(r *httpclient.Response) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media == "text/html" && bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("<"))
}

// words are the app's own on why it refuses a message, "" for none.
func words(body []byte) string {
	var answer struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &answer) // most say nothing
	return answer.Error.Message
}
