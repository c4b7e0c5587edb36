package viber

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// events are what receive reads besides messages, which always come.
// https://developers.viber.com/docs/api/rest-bot-api/#event-types-filtering
var events = []string{"delivered", "seen", "failed"}

// Setup implements [provider.Setter]: it registers the webhook where another one, or none, is registered. Viber calls it
// at once, and registers nothing where it is not answered.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	info, err := s.call(ctx, "get_account_info", params{})
	if err != nil {
		return "", err
	}
	if info.Webhook == webhookURL && allOf(events, info.EventTypes) {
		return "", nil
	}
	_, err = s.call(ctx, "set_webhook", params{"url": webhookURL, "event_types": events, "send_name": true, "send_photo": true})
	return "", err
}

// allOf says that one list holds all of another.
func allOf(needed, has []string) bool {
	return !slices.ContainsFunc(needed, func(e string) bool { return !slices.Contains(has, e) })
}

// Inspect implements [provider.Inspector].
func (s *sender) Inspect(ctx context.Context, webhookURL string) (provider.Inspection, error) {
	info, err := s.call(ctx, "get_account_info", params{})
	if err != nil {
		return provider.Inspection{}, err
	}
	return provider.Inspection{URL: info.Webhook, Good: info.Webhook == webhookURL && allOf(events, info.EventTypes)}, nil
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	return fmt.Sprintf(`curl '%s/pa/set_webhook' -H 'X-Viber-Auth-Token: <AUTH_TOKEN>' \
  --data '{"url":"%s","event_types":["%s"],"send_name":true,"send_photo":true}'`, s.api, webhookURL, strings.Join(events, `","`))
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error {
	_, err := s.call(ctx, "get_account_info", params{})
	return err
}
