package bonychat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/bonychat"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// discreet is an error where one tells a credential, an address or what either side said.
func discreet(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	all := err.Error() + outcome.Classify(err).Reason.String()
	for _, secret := range []string{token, gossip, "/custom/webhook", "hola", "ana@example", "+34600111222"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s: the error tells %q: %s", what, secret, all)
		}
	}
}

func TestAnAnswerSaysWhatBecomesOfTheEvent(t *testing.T) {
	t.Parallel()
	type want struct {
		class  result.Class
		within time.Duration
		after  time.Duration
	}
	const taken = result.Class(-1)
	suspended, rejected, again := want{class: result.Suspended}, want{class: result.Rejected}, want{}
	strange, unknown := want{within: 15 * time.Minute}, want{within: 2 * time.Minute}
	told := http.Header{"Retry-After": {"31"}}
	later := want{after: 31 * time.Second} // tried again then: it may be about this event, so the channel does not wait
	waits := want{class: result.Waiting, after: 31 * time.Second}
	p := newPlatform(t)
	s := p.sender(p.url)
	for _, test := range []struct {
		status    int
		header    http.Header
		ofMessage want
		ofStatus  want
	}{
		{200, nil, want{class: taken}, want{class: taken}},
		{202, nil, want{class: taken}, want{class: taken}},
		{204, nil, want{class: taken}, want{class: taken}},
		{401, nil, suspended, suspended},
		{403, nil, suspended, suspended},
		{404, nil, suspended, unknown},
		{405, nil, suspended, suspended},
		{410, nil, suspended, suspended},
		{301, nil, suspended, suspended},
		{302, nil, suspended, suspended},
		{307, nil, suspended, suspended},
		{308, nil, suspended, suspended},
		{400, nil, rejected, rejected},
		{413, nil, rejected, rejected},
		{422, nil, rejected, rejected},
		{408, nil, again, again},
		{425, nil, again, again},
		{429, nil, again, again},
		{500, nil, again, again},
		{502, nil, again, again},
		{503, nil, again, again},
		{504, nil, again, again},
		{599, nil, again, again},
		{429, told, waits, waits},
		{503, told, later, later},
		{401, told, suspended, suspended},
		{422, told, rejected, rejected},
		{429, http.Header{"Retry-After": {"0"}}, want{class: result.Waiting, after: time.Second}, want{class: result.Waiting, after: time.Second}},
		{409, nil, strange, unknown},
		{415, nil, strange, strange},
		{451, nil, strange, strange},
		{0, nil, again, again}, // hangs up
	} {
		p.answer(test.status, test.header)
		for what, e := range map[string]*eventv1.Event{"message": event(message(content.Text("hola"))), "status": status(eventv1.Status_STATUS_READ, "")} {
			name := fmt.Sprintf("%d %v to a %s", test.status, test.header, what)
			expected := test.ofMessage
			if what == "status" {
				expected = test.ofStatus
			}
			err := s.SendEvent(t.Context(), e)
			if expected.class == taken {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err == nil {
				t.Errorf("%s: taken", name)
				continue
			}
			f := outcome.Classify(err)
			if got := (want{f.Class, f.Within, f.After}); got != expected {
				t.Errorf("%s: %+v, want %+v", name, got, expected)
			}
			if f.Class == result.Waiting && f.Scope != outcome.Channel {
				t.Errorf("%s: only the contact waits", name)
			}
			if f.Class == result.Suspended && !strings.Contains(f.Reason.String(), fmt.Sprint(test.status)) {
				t.Errorf("%s: reason %q", name, f.Reason)
			}
			discreet(t, name, err)
		}
	}
}

// TestThePlatformsWordsAreShown where it tells them as the contract has errors, and they hold nothing of the message.
func TestThePlatformsWordsAreShown(t *testing.T) {
	t.Parallel()
	said := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"message": said}})
	}))
	t.Cleanup(server.Close)
	p := newPlatform(t)
	m := message(content.Text("buenas tardes"))
	for words, want := range map[string]string{
		"unknown channel":        "the platform refuses the event (422): unknown channel",
		"buenas is no command":   "the platform refuses the event (422)",
		"no contact ana@example": "the platform refuses the event (422)",
		"":                       "the platform refuses the event (422)",
	} {
		said = words
		err := outcome.Explain(p.sender(server.URL).SendEvent(t.Context(), event(m)), m, nil)
		if f := outcome.Classify(err); f == nil || f.Reason.String() != want {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func TestAPlatformThatIsAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx context.Context
		url string
	}{
		"nobody listens": {t.Context(), "http://127.0.0.1:1/custom/webhook"},
		"no TLS":         {t.Context(), strings.Replace(p.url, "http:", "https:", 1)},
		"out of time":    {gone, p.url},
	} {
		err := p.sender(test.url).SendEvent(test.ctx, event(message(content.Text("hola"))))
		if f := outcome.Classify(err); f == nil || f.Class != result.Retry || f.Within != 0 {
			t.Errorf("%s: %v", name, err)
		}
		discreet(t, name, err)
	}
}

func TestARequestIsAsTheContractSays(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	ref, err := p.sender(p.url).Send(t.Context(), message(content.Text("hola")))
	if ref != (provider.Sent{}) || err != nil {
		t.Fatalf("%+v, %v", ref, err)
	}
	r := p.last
	if r.Method != "POST" || r.URL.Path != "/custom/webhook" || r.ContentLength != int64(len(p.body)) {
		t.Errorf("%s %s, %d bytes", r.Method, r.URL, r.ContentLength)
	}
	for name, want := range map[string]string{"Authorization": "Bearer " + token, "Content-Type": "application/json", "Cache-Control": "no-cache"} {
		if got := r.Header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWhatDoesNotFitTheContractIsFinalAndNeverSent(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.sender(p.url)
	unaddressed := message(content.Text("hola"))
	unaddressed.Contact.Address = "ana.garcia: hola"
	for name, e := range map[string]*eventv1.Event{
		"nothing":            {},
		"an outcome":         {Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{}}},
		"a receipt":          {Kind: &eventv1.Event_Receipt{Receipt: &eventv1.Receipt{}}},
		"no content":         event(message(nil)),
		"an empty content":   event(message(&messagev1.Content{})),
		"an empty text":      event(message(content.Text(""))),
		"too long a text":    event(message(content.Text(strings.Repeat("hola", 2000)))),
		"no kind of file":    event(message(attachment(0, ""))),
		"a file without URL": event(message(content.Attachment(&messagev1.Attachment{Kind: image}))),
		"no status":          status(eventv1.Status_STATUS_UNSPECIFIED, ""),
		"an unknown status":  status(99, ""),
		"no contract's id":   event(unaddressed),
		"no place on Earth":  event(message(content.Location(91, 0, "hola"))),
	} {
		err := s.SendEvent(t.Context(), e)
		if f := outcome.Classify(err); f == nil || f.Class != result.Rejected || f.Reason.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
		discreet(t, name, err)
	}
	err := s.SendEvent(t.Context(), event(message(content.Text(""))))
	if _, ok := errors.AsType[customchannel.Problems](err); !ok {
		t.Errorf("the error does not say what is wrong: %v", err)
	}
	if p.calls != 0 {
		t.Errorf("%d calls", p.calls)
	}
}

func TestThePlatformIsDescribed(t *testing.T) {
	t.Parallel()
	d := bonychat.Platform.Describe()
	if d.Name != "bonychat" || !d.Platform || d.Validity != 7*24*time.Hour || d.Webhook != nil {
		t.Errorf("%+v", d)
	}
	for account, good := range map[string]bool{
		`{"webhook_url": "https://okeybot.com/custom/webhook", "api_token": "t"}`: true, `{"webhook_url": "https://okeybot.com"}`: false, `{"api_token": "t"}`: false,
	} {
		if errs := bonychat.Platform.CheckAccount([]byte(account)); (len(errs) == 0) != good {
			t.Errorf("%s: %v", account, errs)
		}
	}
}
