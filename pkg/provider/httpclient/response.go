package httpclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// Response is an answer with its body, which was read up to [Request].MaxAnswer.
type Response struct {
	// Status is the HTTP status, Header the answer's headers, and Body what was read of it.
	Status int
	Header http.Header
	Body   []byte

	request Request // as much of it as [Response.Unanswered] needs: Idempotent
}

// Unanswered is the error for an answer that does not tell what became of the request, such as a success that cannot be read:
// [outcome.Uncertain], or [outcome.Temporary] if the request was [Request].Idempotent.
func (r *Response) Unanswered(cause error) error {
	if r.request.Idempotent {
		return outcome.Temporary(reason.UnclearAnswer, cause)
	}
	return outcome.Uncertain(cause)
}

// Stream is an answer whose body the caller reads and closes.
type Stream struct {
	// Status is the HTTP status, and Header the answer's headers. Reading Body fails once the request's time-out is over.
	Status int
	Header http.Header
	Body   io.ReadCloser
}

// closer ends the request's context with its body.
type closer struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c *closer) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}

// OK says whether the status is 2xx.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Err classifies an answer by its status alone, for networks that use statuses as HTTP means them:
//
//	2xx                    nil
//	401                    Suspend
//	429                    Wait, of this contact, as Retry-After says, or a minute
//	408, 425, 5xx          Temporary, not before Retry-After
//	4xx with a page of HTML, which comes from a proxy: tried for 15 minutes
//	any other 4xx          Reject
//	any other              tried for 15 minutes
func (r *Response) Err() error {
	cause := fmt.Errorf("status %d", r.Status)
	switch {
	case r.OK():
		return nil
	case r.Status == http.StatusUnauthorized:
		return outcome.Suspend(reason.CredentialRefused, cause)
	case r.Status == http.StatusTooManyRequests:
		after, ok := r.RetryAfter()
		if !ok {
			after = time.Minute
		}
		return outcome.Wait(after, outcome.Contact, cause)
	case r.Status == http.StatusRequestTimeout, r.Status == http.StatusTooEarly, r.Status >= 500:
		if after, ok := r.RetryAfter(); ok {
			return outcome.TemporaryAfter(after, reason.OutOfOrder, cause)
		}
		return outcome.Temporary(reason.OutOfOrder, cause)
	case r.Status >= 400 && r.page():
		return outcome.TemporaryFor(outcome.UnclassifiedFor, reason.Stranger.With("status", r.Status), cause)
	case r.Status >= 400:
		return outcome.Reject(reason.Refused.With("status", r.Status), cause)
	default:
		return outcome.TemporaryFor(outcome.UnclassifiedFor, reason.StrangeAnswer, cause)
	}
}

// page says that an answer is a page of HTML.
func (r *Response) page() bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media == "text/html"
}

// Err classifies an answer as [Response.Err] does. The caller still has to close the body.
func (s *Stream) Err() error { return (&Response{Status: s.Status, Header: s.Header}).Err() }

// RetryAfter reads the header Retry-After, in seconds or as a date. It is at most a day; false if there is none.
func (r *Response) RetryAfter() (time.Duration, bool) {
	const day = 24 * time.Hour
	value := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && !math.IsInf(seconds, 0) {
		return time.Duration(min(seconds, day.Seconds()) * float64(time.Second)), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), day), true
	}
	return 0, false
}

// Decode reads a JSON answer.
func (r *Response) Decode(v any) error {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "" && media != "application/json" {
		return errors.New("the answer is not JSON")
	}
	if err := json.Unmarshal(r.Body, v); err != nil {
		return errors.New("the answer cannot be read") // encoding/json quotes what it read
	}
	return nil
}

// goneFor is how long a file is tried that the network says it does not have.
const goneFor = 10 * time.Second

// NoFile classifies an answer that holds no file, by its status. 429 waits as told. 408, 425 and 5xx are tried again, not before the time
// that they tell. After any other status the file is tried for ten seconds: it may not be there yet, or its link has expired and the next
// try gets a new one. The agent reads why. If a network says that a file is gone for good, its code has to return [outcome.Reject].
func (s *Stream) NoFile(why reason.Reason) error {
	cause := fmt.Errorf("download: status %d", s.Status)
	switch {
	case s.Status == 408, s.Status == 425, s.Status == 429, s.Status >= 500:
		f := outcome.Classify(s.Err())
		if f.Class == result.Waiting {
			return outcome.Wait(f.After, f.Scope, cause)
		}
		return outcome.TemporaryAfter(f.After, why, cause)
	default:
		return outcome.TemporaryFor(goneFor, why, cause)
	}
}

// Total is the size of the whole file in bytes, by the Content-Range of a part of it ("bytes 0-65535/1234567"); -1 if it is not told.
func (s *Stream) Total() int64 {
	_, digits, _ := strings.Cut(s.Header.Get("Content-Range"), "/")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil && n >= 0 {
		return n
	}
	return -1
}

// FileName is the file name in Content-Disposition, or "".
func (s *Stream) FileName() string { return dispositionName(s.Header) }

// dispositionName is the file name that an answer's Content-Disposition tells, "" for none.
func dispositionName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return mediatype.CleanName(params["filename"])
}
