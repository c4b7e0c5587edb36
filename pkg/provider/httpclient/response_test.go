package httpclient_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

func TestAStatusSaysWhatBecameOfASend(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		header string // Retry-After
		want   result.Class
		after  time.Duration
	}{
		{name: "unauthorized suspends", status: 401, want: result.Suspended},
		{name: "too many waits a minute", status: 429, want: result.Waiting, after: time.Minute},
		{name: "too many waits as told", status: 429, header: "31", want: result.Waiting, after: 31 * time.Second},
		{name: "too many that waits no time is not asked without a pause", status: 429, header: "0", want: result.Waiting, after: time.Second},
		{name: "request time-out is tried again", status: 408, want: result.Retry},
		{name: "too early is tried again", status: 425, want: result.Retry},
		{name: "server error is tried again", status: 500, want: result.Retry},
		{name: "outage is tried again when it is told, and counts as a failure", status: 503, header: "5", want: result.Retry, after: 5 * time.Second},
		{name: "outage that tells nonsense is tried again", status: 503, header: "soon", want: result.Retry},
		{name: "gateway time-out is tried again", status: 504, want: result.Retry},
		{name: "bad request is final", status: 400, want: result.Rejected},
		{name: "forbidden is final", status: 403, want: result.Rejected},
		{name: "not found is final", status: 404, want: result.Rejected},
		{name: "too large is final", status: 413, header: "5", want: result.Rejected},
		{name: "redirect is nothing we know", status: 302, want: result.Retry},
	} {
		r := &httpclient.Response{Status: test.status, Header: http.Header{}, Body: []byte(token)}
		if test.header != "" {
			r.Header.Set("Retry-After", test.header)
		}
		f := outcome.Classify(r.Err())
		if f.Class != test.want || f.After != test.after || f.Scope != outcome.Contact {
			t.Errorf("%s: class %v, after %v, scope %v", test.name, f.Class, f.After, f.Scope)
		}
		if f.Reason.IsZero() || strings.Contains(f.Error(), token) {
			t.Errorf("%s: %q", test.name, f.Error())
		}
		if r.OK() {
			t.Errorf("%s: is success", test.name)
		}
	}
	for _, status := range []int{200, 201, 202, 204, 299} {
		if r := (&httpclient.Response{Status: status}); r.Err() != nil || !r.OK() {
			t.Errorf("status %d: %v", status, r.Err())
		}
	}
}

// TestAPageOfAProxyIsNoAnswerOfTheNetwork: it says nothing of the message, whatever its status.
func TestAPageOfAProxyIsNoAnswerOfTheNetwork(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 405, 421} {
		r := &httpclient.Response{Status: status, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte("<html></html>")}
		if f := outcome.Classify(r.Err()); f.Class != result.Retry || f.Within == 0 {
			t.Errorf("%d: class %v within %s", status, f.Class, f.Within)
		}
		r.Header.Set("Content-Type", "application/json")
		if f := outcome.Classify(r.Err()); f.Class != result.Rejected {
			t.Errorf("%d as JSON: class %v", status, f.Class)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for value, want := range map[string]time.Duration{
			"0": 0, "1": time.Second, "120": 2 * time.Minute, "1.5": 1500 * time.Millisecond, "86400": 24 * time.Hour,
			"86401": 24 * time.Hour, "99999999999999999999": 24 * time.Hour,
			time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat):    90 * time.Second,
			time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat):          0,
			time.Now().Add(10 * 24 * time.Hour).UTC().Format(http.TimeFormat): 24 * time.Hour,
			time.Now().Add(time.Minute).UTC().Format(time.RFC850):             time.Minute,
			time.Now().Add(time.Minute).UTC().Format(time.ANSIC):              time.Minute,
			"": -1, "-1": -1, "soon": -1, "NaN": -1, "Inf": -1, "-Inf": -1, "1 second": -1, "2026-11-23": -1, "1e999": -1,
		} {
			r := &httpclient.Response{Header: http.Header{"Retry-After": {value}}}
			got, ok := r.RetryAfter()
			if ok != (want >= 0) || ok && got != want {
				t.Errorf("%q: %v, %t, want %v", value, got, ok, want)
			}
		}
	})
	if _, ok := (&httpclient.Response{}).RetryAfter(); ok {
		t.Error("a missing header tells a time")
	}
}

func TestDecodeNeverQuotesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		good              bool
	}{
		"JSON":                   {"application/json", `{"id": "1"}`, true},
		"JSON with a charset":    {"application/json; charset=utf-8", `{"id": "1"}`, true},
		"JSON that says nothing": {"", `{"id": "1"}`, true},
		"HTML":                   {"text/html", "<html>" + token, false},
		"HTML that says JSON":    {"application/json", "<html>" + token, false},
		"another type":           {"application/json", `{"id": {"` + token + `": 1}}`, false},
		"cut off":                {"application/json", `{"id": "` + token, false},
		"nothing":                {"application/json", "", false},
	} {
		r := &httpclient.Response{Header: http.Header{}, Body: []byte(test.body)}
		if test.contentType != "" {
			r.Header.Set("Content-Type", test.contentType)
		}
		var v struct {
			ID string `json:"id"`
		}
		err := r.Decode(&v)
		if (err == nil) != test.good || test.good && v.ID != "1" {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error quotes the answer: %v", name, err)
		}
	}
}
