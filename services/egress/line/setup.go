package line

import (
	"context"
	"fmt"
	"net/http"
	"regexp"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
)

const (
	setWebhook  = "set webhook"
	webhookPath = "/v2/bot/channel/webhook/endpoint"
)

// endpoint is https://developers.line.biz/en/reference/messaging-api/#get-webhook-endpoint-information.
type endpoint struct {
	URL    string `json:"endpoint"`
	Active bool   `json:"active"`
}

// Setup implements [provider.Setter]: it registers the webhook where another one, or none, is registered, and has LINE
// call it. That it is used at all is switched on in the console only.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	hook, err := s.registered(ctx)
	if err != nil {
		return "", err
	}
	if hook.URL == webhookURL {
		return todo(hook, ""), nil
	}
	// https://developers.line.biz/en/reference/messaging-api/#set-webhook-endpoint-url
	if err := s.ask(ctx, apiCall{
		name: setWebhook, method: "PUT", path: webhookPath, body: object{"endpoint": webhookURL}, silent: true,
	}, nil); err != nil {
		return "", err
	}
	if hook, err = s.registered(ctx); err != nil {
		return "", err
	}
	problem, err := s.test(ctx, webhookURL)
	return todo(hook, problem), err
}

// registered is the webhook that LINE knows; the zero value for none.
func (s *sender) registered(ctx context.Context) (hook endpoint, err error) {
	err = s.ask(ctx, apiCall{name: "get webhook", method: "GET", path: webhookPath}, &hook)
	if why := refusalOf(err); why != nil && why.status == http.StatusNotFound {
		return endpoint{}, nil // none was ever registered
	}
	return hook, err
}

// Inspect implements [provider.Inspector].
func (s *sender) Inspect(ctx context.Context, webhookURL string) (provider.Inspection, error) {
	hook, err := s.registered(ctx)
	i := provider.Inspection{URL: hook.URL, Good: hook.Active && hook.URL == webhookURL}
	if hook.URL != "" && !hook.Active {
		i.LastError = todo(hook, "")
	}
	return i, err
}

// testReason is what a test's reason looks like: COULD_NOT_CONNECT, ERROR_STATUS_CODE.
var testReason = regexp.MustCompile(`^[A-Z_]{1,40}$`)

// test has LINE call the webhook, and says why that failed, "" where it did not.
// https://developers.line.biz/en/reference/messaging-api/#test-webhook-endpoint
func (s *sender) test(ctx context.Context, webhookURL string) (string, error) {
	var result struct {
		Success bool   `json:"success"`
		Status  int    `json:"statusCode"`
		Reason  string `json:"reason"`
	}
	if err := s.ask(ctx, apiCall{
		name: "test webhook", method: "POST", path: "/v2/bot/channel/webhook/test", body: object{"endpoint": webhookURL},
	}, &result); err != nil || result.Success {
		return "", err
	}
	if !testReason.MatchString(result.Reason) {
		result.Reason = "no reason"
	}
	return fmt.Sprintf("LINE cannot call the webhook (%s, status %d)", result.Reason, result.Status), nil
}

func todo(hook endpoint, problem string) string {
	if hook.Active {
		return problem
	}
	return content.JoinNonEmpty("; ", problem, `in the LINE Developers Console, tab Messaging API, switch on "Use webhook" and "Webhook redelivery"`)
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	return fmt.Sprintf(`curl -X PUT '%s%s' \
  -H 'Authorization: Bearer <CHANNEL_ACCESS_TOKEN>' \
  -H 'Content-Type: application/json' \
  -d '{"endpoint":"%s"}'
Then, in the LINE Developers Console, tab Messaging API, switch on "Use webhook" and "Webhook redelivery".`, s.api, webhookPath, webhookURL)
}

// Check implements [provider.Checker]. https://developers.line.biz/en/reference/messaging-api/#get-bot-info
func (s *sender) Check(ctx context.Context) error {
	return s.ask(ctx, apiCall{name: "get bot info", method: "GET", path: "/v2/bot/info"}, nil)
}
