package telegram

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// allowedUpdates is what receive reads: https://core.telegram.org/bots/api#update
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// webhookInfo is https://core.telegram.org/bots/api#webhookinfo.
type webhookInfo struct {
	URL            string   `json:"url"`
	AllowedUpdates []string `json:"allowed_updates"`
	LastError      string   `json:"last_error_message"`
	Pending        int      `json:"pending_update_count"`
}

// Setup implements [provider.Setter]: it registers the webhook where another one, or none, is registered. The secret
// cannot be read back; that it differs shows in Telegram's last call having been refused as forged.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	var info webhookInfo
	if err := s.ask(ctx, "getWebhookInfo", params{}, &info); err != nil {
		return "", err
	}
	if info.fits(webhookURL) {
		return "", nil
	}
	return "", s.ask(ctx, "setWebhook", params{
		"url": webhookURL, "secret_token": s.secret.Reveal(), "allowed_updates": allowedUpdates,
	}, nil)
}

// fits says that nothing has to be registered.
func (i webhookInfo) fits(webhookURL string) bool {
	return i.URL == webhookURL && same(i.AllowedUpdates, allowedUpdates) && !strings.Contains(i.LastError, "401")
}

// Inspect implements [provider.Inspector].
func (s *sender) Inspect(ctx context.Context, webhookURL string) (provider.Inspection, error) {
	var info webhookInfo
	if err := s.ask(ctx, "getWebhookInfo", params{}, &info); err != nil {
		return provider.Inspection{}, err
	}
	return provider.Inspection{URL: info.URL, Good: info.fits(webhookURL), Waiting: &info.Pending, LastError: info.LastError}, nil
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	return fmt.Sprintf(`curl '%s/bot<TOKEN>/setWebhook' \
  --data-urlencode 'url=%s' \
  --data-urlencode 'secret_token=<SECRET_TOKEN>' \
  --data-urlencode 'allowed_updates=["%s"]'`, s.api, webhookURL, strings.Join(allowedUpdates, `","`))
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error { return s.ask(ctx, "getMe", params{}, nil) }

// same says whether two lists hold the same, in whatever order.
func same(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
