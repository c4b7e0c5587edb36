package twiliotest

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Sign is the signature of a form: https://www.twilio.com/docs/usage/security#validating-requests
func Sign(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	_, _ = io.WriteString(mac, address)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			_, _ = io.WriteString(mac, name+value)
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Reach makes calls for a public address, scheme and host, go to another one, as a proxy would: what is signed is the
// public one.
func (s *Server) Reach(public, actual string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reach[strings.TrimRight(public, "/")] = strings.TrimRight(actual, "/")
}

// Text is the call for a message: from a contact, such as "+34600111222" or "whatsapp:+34600111222", to a sender.
func (s *Server) Text(from, to, body string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.incoming(s.newSid("SM"), from, to, body)
}

// Files is the call for a message with media, which AddMedia made.
func (s *Server) Files(from, to, body string, addresses ...string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	form := s.incoming(s.newSid("MM"), from, to, body)
	form.Set("NumMedia", strconv.Itoa(len(addresses)))
	for i, address := range addresses {
		form.Set(fmt.Sprintf("MediaUrl%d", i), address)
		form.Set(fmt.Sprintf("MediaContentType%d", i), s.media[strings.TrimPrefix(address, "https://api.twilio.com")].Type)
	}
	return form
}

// incoming are https://www.twilio.com/docs/messaging/guides/webhook-request, those of WhatsApp where it is one.
func (s *Server) incoming(sid, from, to, body string) url.Values {
	form := url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "AccountSid": {s.sid}, "ApiVersion": {"2010-04-01"},
		"From": {from}, "To": {to}, "Body": {body}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"},
	}
	switch channel, number := split(from); channel {
	case "whatsapp":
		form.Set("WaId", strings.TrimPrefix(number, "+"))
		form.Set("ProfileName", "Test")
	case "":
		form.Set("FromCountry", "ES")
		form.Set("FromCity", "")
	}
	return form
}

// Deliver makes the call for a message to the webhook of the number that it is to, and says what was answered. To
// deliver one again, deliver the same values.
func (s *Server) Deliver(ctx context.Context, form url.Values) (status int, err error) {
	_, number := split(form.Get("To"))
	hook := s.Number(number).SmsURL
	if hook == "" {
		return 0, errors.New("no webhook is registered")
	}
	return s.Call(ctx, hook, form)
}

// Status makes the call for a status of a message, with an error code unless it is 0, and says what was answered. It may
// come again, or in any order.
func (s *Server) Status(ctx context.Context, sid, status string, code int) (int, error) {
	m, ok := s.Find(func(m Message) bool { return m.Sid == sid })
	if !ok {
		return 0, errors.New("no such message")
	}
	return s.status(ctx, m, status, code)
}

func (s *Server) status(ctx context.Context, m Message, status string, code int) (int, error) {
	if m.StatusCallback == "" {
		return 0, errors.New("the message has no status callback")
	}
	to := m.To
	if m.Channel != "" {
		to = m.Channel + ":" + m.To
	}
	form := url.Values{
		"MessageSid": {m.Sid}, "SmsSid": {m.Sid}, "MessageStatus": {status}, "SmsStatus": {status}, "AccountSid": {s.sid},
		"ApiVersion": {"2010-04-01"}, "From": {m.From}, "To": {to},
	}
	if code != 0 {
		form.Set("ErrorCode", strconv.Itoa(code))
	}
	return s.Call(ctx, m.StatusCallback, form)
}

// Call makes a signed call, as often as the URL's connection overrides say (rc) while it is not answered with success.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
func (s *Server) Call(ctx context.Context, address string, form url.Values) (status int, err error) {
	public, fragment, _ := strings.Cut(address, "#")
	overrides, _ := url.ParseQuery(fragment)
	retries, _ := strconv.Atoi(overrides.Get("rc"))
	for ; ; retries-- {
		status, err = s.call(ctx, public, form)
		if err == nil && status/100 == 2 || retries <= 0 || ctx.Err() != nil {
			return status, err
		}
	}
}

func (s *Server) call(ctx context.Context, public string, form url.Values) (int, error) {
	s.mu.Lock()
	token, actual := s.Value(), public
	for from, to := range s.reach {
		if rest, ok := strings.CutPrefix(public, from); ok {
			actual = to + rest
		}
	}
	s.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, actual, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", Sign(token, public, form))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, nil
}
