package twiliotest

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/bonychat/puente/services/egress/twilio/internal/oracle"
)

var (
	e164         = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	serviceSid   = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	alphanumeric = regexp.MustCompile(`^[0-9A-Za-z +_&-]{1,11}$`)
	letters      = regexp.MustCompile(`[A-Za-z]`)
)

// split takes the channel off an address.
func split(address string) (channel, rest string) {
	if channel, rest, ok := strings.Cut(address, ":"); ok {
		return channel, rest
	}
	return "", address
}

// answer does what a call asks for.
func (s *Server) answer(r *http.Request, form url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.authorized(r) {
		return failed(http.StatusUnauthorized, 20003, "Authenticate")
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/2010-04-01/Accounts/"+s.sid)
	if !ok {
		return failed(http.StatusNotFound, 20404, "The requested resource was not found")
	}
	if wait := s.Left(); wait > 0 {
		a := failed(http.StatusTooManyRequests, 20429, "Too Many Requests")
		a.retryAfter = wait
		return a
	}
	switch err := s.oracle.Request(r.Context(), r); {
	case errors.Is(err, oracle.ErrUnknown):
		return failed(http.StatusNotFound, 20404, "The requested resource was not found")
	case err != nil && form.Get("To") == "" && path == "/Messages.json":
		return failed(http.StatusBadRequest, 21604, "A 'To' phone number is required.")
	case err != nil:
		return failed(http.StatusBadRequest, 20001, "Invalid parameter: "+err.Error())
	}
	switch {
	case path == ".json":
		return done(http.StatusOK, map[string]any{"sid": s.sid, "status": "active", "type": "Full"})
	case path == "/Messages.json":
		return s.create(form)
	case path == "/IncomingPhoneNumbers.json":
		return s.find(r.URL.Query().Get("PhoneNumber"))
	default:
		return s.set(strings.TrimSuffix(strings.TrimPrefix(path, "/IncomingPhoneNumbers/"), ".json"), form)
	}
}

func (s *Server) authorized(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	return ok && user == s.sid && s.Admits(password)
}

// create makes a message: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
func (s *Server) create(form url.Values) answer {
	channel, contact := split(form.Get("To"))
	m := Message{
		At: time.Now(), To: contact, Channel: channel, From: form.Get("From"), Body: form.Get("Body"), MediaURL: form.Get("MediaUrl"),
		Place: form.Get("PersistentAction"), StatusCallback: form.Get("StatusCallback"),
	}
	if service := form.Get("MessagingServiceSid"); service != "" {
		m.From = service
	}
	if a, refused := s.refuse(m); refused {
		return a
	}
	kind := "SM"
	if m.MediaURL != "" {
		kind = "MM"
	}
	m.Sid = s.newSid(kind)
	s.Keep(contact, m)
	status := "queued"
	if serviceSid.MatchString(m.From) {
		status = "accepted"
	}
	a := done(http.StatusCreated, s.resource(m, status))
	a.message = &m
	return a
}

// refuse is why a message is not taken. https://www.twilio.com/docs/api/errors
func (s *Server) refuse(m Message) (answer, bool) {
	bad := func(code int, message string) (answer, bool) {
		return failed(http.StatusBadRequest, code, message), true
	}
	from, sender := split(m.From)
	known := s.number(func(n *Number) bool { return n.PhoneNumber == sender }) != nil
	word := from == "" && alphanumeric.MatchString(sender) && letters.MatchString(sender)
	callback, err := url.Parse(m.StatusCallback)
	switch {
	case m.From == "":
		return bad(21603, "A 'From' phone number is required.")
	case !e164.MatchString(m.To):
		return bad(21211, "The 'To' number "+m.To+" is not a valid phone number.")
	case from != "" && !known:
		return bad(63007, "Twilio could not find a Channel with the specified From address")
	case !serviceSid.MatchString(m.From) && !known && !word:
		return bad(21659, "'From' "+m.From+" is not a Twilio phone number or Short Code country mismatch")
	case !serviceSid.MatchString(m.From) && from != m.Channel:
		return bad(21910, "Invalid From and To pair. From and To should be of the same channel")
	case strings.TrimSpace(m.Body) == "" && m.MediaURL == "":
		return bad(21619, "A text message body or media urls must be specified.")
	case len(utf16.Encode([]rune(m.Body))) > 1600:
		return bad(21617, "The concatenated message body exceeds the 1600 character limit.")
	case m.MediaURL != "" && !strings.HasPrefix(m.MediaURL, "http"):
		return bad(21620, "Invalid media URL(s)")
	case m.MediaURL != "" && word:
		return bad(21621, "The 'From' number "+m.From+" has not been enabled for picture messaging.")
	case m.StatusCallback != "" && (err != nil || callback.Hostname() == "" || strings.Contains(callback.Hostname(), "_")):
		return bad(21609, "The 'StatusCallback' URL is not a valid URL.")
	case s.optedOut[m.To]:
		return bad(21610, "Attempt to send to unsubscribed recipient "+m.To)
	case s.full.Left() > 0:
		return failed(http.StatusTooManyRequests, 21611, "This 'From' number has exceeded the maximum number of queued messages"), true
	}
	return answer{}, false
}

func (s *Server) resource(m Message, status string) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.sid + "/Messages/" + m.Sid
	media := "0"
	if m.MediaURL != "" {
		media = "1"
	}
	from, service := any(m.From), any(nil)
	if serviceSid.MatchString(m.From) {
		from, service = nil, m.From
	}
	to := m.To
	if m.Channel != "" {
		to = m.Channel + ":" + m.To
	}
	at := m.At.UTC().Format(time.RFC1123Z)
	return map[string]any{
		"account_sid": s.sid, "api_version": "2010-04-01", "body": m.Body, "date_created": at, "date_updated": at, "date_sent": nil,
		"direction": "outbound-api", "error_code": nil, "error_message": nil, "from": from, "messaging_service_sid": service,
		"num_media": media, "num_segments": "1", "price": nil, "price_unit": "USD", "sid": m.Sid, "status": status, "to": to,
		"uri": uri + ".json", "subresource_uris": map[string]any{"media": uri + "/Media.json"},
	}
}

// find lists numbers: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
func (s *Server) find(part string) answer {
	list := []any{}
	for _, n := range s.numbers {
		if strings.Contains(n.PhoneNumber, part) {
			list = append(list, s.numberResource(n))
		}
	}
	return done(http.StatusOK, map[string]any{"incoming_phone_numbers": list, "page": 0, "page_size": 50})
}

func (s *Server) set(sid string, form url.Values) answer {
	n := s.number(func(n *Number) bool { return n.Sid == sid })
	if n == nil {
		return failed(http.StatusNotFound, 20404, "The requested resource was not found")
	}
	if form.Has("SmsUrl") {
		n.SmsURL = form.Get("SmsUrl")
	}
	if form.Has("SmsMethod") {
		n.SmsMethod = form.Get("SmsMethod")
	}
	return done(http.StatusOK, s.numberResource(n))
}

func (s *Server) numberResource(n *Number) map[string]any {
	var application any
	if n.Application != "" {
		application = n.Application
	}
	return map[string]any{
		"sid": n.Sid, "account_sid": s.sid, "phone_number": n.PhoneNumber, "sms_url": n.SmsURL, "sms_method": n.SmsMethod,
		"sms_application_sid": application,
	}
}
