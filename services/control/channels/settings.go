package channels

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

const hidden = "[secret]"

// shownSettings are a channel's settings as names and values, without what is secret or may be.
func (s *Service) shownSettings(ctx context.Context, c directory.Channel) (map[string]string, error) {
	settings := map[string]string{
		"id": c.ID, "network": c.Network, "contact_id": c.ContactID, "uncertain": string(config.Resend), "locale": string(c.Language()), "platform.api_token": hidden,
	}
	if c.Uncertain != "" {
		settings["uncertain"] = c.Uncertain
	}
	var platform struct {
		WebhookURL string `json:"webhook_url"`
	}
	if err := s.account(ctx, topology.Platform, c.ID, &platform); err != nil {
		return nil, err
	}
	settings["platform.webhook_url"] = withoutQuery(platform.WebhookURL)
	var account map[string]json.RawMessage
	if err := s.account(ctx, c.Network, c.ID, &account); err != nil {
		return nil, err
	}
	network, err := s.declared(ctx, c.Network)
	if err != nil {
		return nil, err
	}
	public := map[string]bool{} // what is not declared is not shown
	for _, f := range network.Fields {
		public[f.Name] = !f.Secret
	}
	for name, raw := range account {
		value := hidden
		if public[name] {
			value = string(raw)
			var text string
			if json.Unmarshal(raw, &text) == nil {
				value = withoutQuery(text)
			}
		}
		settings["account."+name] = value
	}
	return settings, nil
}

// account reads one side's credentials; what cannot be read is as if it were not there.
func (s *Service) account(ctx context.Context, far, channel string, into any) error {
	raw, err := directory.Account(ctx, s.Bus, far, channel)
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_ = json.Unmarshal(raw, into)
	return nil
}

// withoutQuery is a URL without the parts that may hold a credential. What is no URL stays.
func withoutQuery(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	if u.User != nil {
		u.User = url.User(hidden)
	}
	if u.RawQuery != "" {
		u.RawQuery = hidden
	}
	u.Fragment = ""
	return u.String()
}
