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

// Response is an answer, its body read up to [MaxAnswer].
type Response struct {
	// Status is HTTP's, Header the answer's, Body what was read of it.
	Status int
	Header http.Header
	Body   []byte

	request Request // as much of it as [Response.Unanswered] needs: Idempotent
}

// Unanswered is the error of an answer that does not tell what became of the request, such as one of success that cannot
// be read: [outcome.Uncertain], or [outcome.Temporary] where the request was [Request].Idempotent.
func (r *Response) Unanswered(cause error) error {
	if r.request.Idempotent {
		return outcome.Temporary(reason.UnclearAnswer, cause)
	}
	return outcome.Uncertain(cause)
}

// Stream is an answer whose body is still to be read, and closed by the caller.
type Stream struct {
	// Status is HTTP's, Header the answer's; the caller closes Body, which ends with the request's time-out.
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

// OK says whether the status is one of success.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Err classifies an answer by its status alone, for networks that mean what HTTP means: 401 suspends; 429 waits as
// told, or a minute; 408, 425 and 5xx are tried again, not before the time that they tell; any other 4xx is final, but
// for a page of HTML, which is a proxy's: that is tried for 15 minutes, as is what is none of these. nil for success.
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

// Err classifies an answer as [Response.Err] does. The body is still the caller's to close.
func (s *Stream) Err() error { return (&Response{Status: s.Status, Header: s.Header}).Err() }

// RetryAfter is what the header of that name tells, in seconds or as a date, at most a day.
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

// NoFile classifies an answer that holds no file, by its status: a refusal is believed after ten seconds, since a file
// may not be there yet, and a link that has expired is had anew with the next try; an outage is tried for a minute.
// why is what the agent reads. Where a network says for good that a file is gone, it is for the network to [outcome.Reject].
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

// Total is the size that a part of a file tells of the whole, in a Content-Range of "bytes 0-65535/1234567"; -1 where it is
// not told.
func (s *Stream) Total() int64 {
	_, digits, _ := strings.Cut(s.Header.Get("Content-Range"), "/")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil && n >= 0 {
		return n
	}
	return -1
}

// FileName is the file name that Content-Disposition tells, "" for none.
func (s *Stream) FileName() string { return dispositionName(s.Header) }

// dispositionName is the file name that an answer's Content-Disposition tells, "" for none.
func dispositionName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return mediatype.CleanName(params["filename"])
}
