package telegramtest

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
)

// answer does what a method does.
func (s *Server) answer(token, method string, p params, problem error) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Admits(token) {
		if !strings.Contains(token, ":") {
			return failed(http.StatusNotFound, "Not Found")
		}
		return failed(http.StatusUnauthorized, "Unauthorized")
	}
	if _, ok := s.table.Methods[method]; !ok {
		return failed(http.StatusNotFound, "Not Found: method not found")
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(problem, &tooLarge) {
		return failed(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	if problem != nil {
		return bad("can't parse the request: " + problem.Error())
	}
	if a, ok := inTelegramsWords(method, p); ok {
		return a
	}
	if err := s.table.Check(method, p.values); err != nil {
		return bad(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	switch method {
	case "getMe":
		return done(map[string]any{"id": 123456, "is_bot": true, "first_name": "Test", "username": "test_bot"})
	case "getFile":
		return s.getFile(p.text("file_id"))
	case "getUpdates":
		return s.getUpdates(p)
	case "getWebhookInfo":
		return done(s.webhook.info(len(s.queue)))
	case "setWebhook":
		return s.setWebhook(p)
	case "deleteWebhook":
		return s.deleteWebhook(p)
	default:
		return s.send(method, p)
	}
}

// inTelegramsWords are the mistakes that Telegram has words of its own for.
func inTelegramsWords(method string, p params) (answer, bool) {
	units := func(name string) int { return len(utf16.Encode([]rune(p.text(name)))) }
	switch {
	case strings.HasPrefix(method, "send") && p.values["chat_id"] == nil:
		return bad("chat_id is empty"), true
	case method == "sendMessage" && strings.TrimSpace(p.text("text")) == "":
		return bad("message text is empty"), true
	case units("text") > 4096:
		return bad("message is too long"), true
	case units("caption") > 1024:
		return bad("message caption is too long"), true
	default:
		return answer{}, false
	}
}

func (s *Server) send(method string, p params) answer {
	chat := p.chat()
	if a, ok := s.unwilling(chat); ok {
		return a
	}
	m := Message{
		Chat: chat, Method: method, At: time.Now(), Text: p.text("text"), Caption: p.text("caption"), Keyboard: p.keyboard(),
		Latitude: p.float("latitude"), Longitude: p.float("longitude"),
	}
	if param := media(method); param != "" {
		m.URL, m.Upload = p.text(param), p.files[param]
		if m.Upload != nil && len(m.Upload.Data) == 0 {
			return bad("file must be non-empty")
		}
		if m.Upload != nil && method == "sendPhoto" && len(m.Upload.Data) > 10<<20 {
			return bad("file is too big")
		}
		if m.Upload == nil && !s.reaches(m.URL) {
			return bad("failed to get HTTP URL content")
		}
	}
	s.ids[chat]++
	m.ID = s.ids[chat]
	s.Keep(chat, m)
	return done(map[string]any{
		"message_id": m.ID, "date": m.At.Unix(), "chat": map[string]any{"id": chat, "type": "private"},
	})
}

// unwilling is why a chat is not written to.
func (s *Server) unwilling(chat int64) (answer, bool) {
	switch {
	case chat <= 0 || s.unknown[chat]:
		return bad("chat not found"), true
	case s.blocked[chat]:
		return failed(http.StatusForbidden, "Forbidden: bot was blocked by the user"), true
	}
	if wait := time.Until(s.flooded[chat]); wait > 0 {
		return tooMany(wait), true
	}
	return answer{}, false
}

// reaches says whether Telegram can fetch a URL: nothing inside, and nothing else is fetched unless it is wanted.
func (s *Server) reaches(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	if s.fetchURLs {
		resp, err := (&http.Client{Timeout: 10 * time.Second}).Get(address)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() != "localhost" && (err != nil || ip.IsGlobalUnicast() && !ip.IsPrivate())
}

// Webhook is what setWebhook registered.
type Webhook struct {
	URL            string
	SecretToken    string
	AllowedUpdates []string
	// LastError is why the webhook's last call failed, in Telegram's words.
	LastError string
}

func (w Webhook) info(pending int) map[string]any {
	info := map[string]any{"url": w.URL, "has_custom_certificate": false, "pending_update_count": pending}
	if w.AllowedUpdates != nil {
		info["allowed_updates"] = w.AllowedUpdates
	}
	if w.LastError != "" {
		info["last_error_message"] = w.LastError
	}
	return info
}

var secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

func (s *Server) setWebhook(p params) answer {
	switch {
	case p.text("url") != "" && !strings.HasPrefix(p.text("url"), "https://"):
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	case !secretToken.MatchString(p.text("secret_token")):
		return bad("secret token contains unallowed characters")
	}
	if p.text("url") != "" {
		s.endPoll("terminated by setWebhook request")
	}
	s.allow(p)
	s.drop(p)
	s.webhook = Webhook{URL: p.text("url"), SecretToken: p.text("secret_token"), AllowedUpdates: s.webhook.AllowedUpdates}
	return done(true)
}
