package whatsapp

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// fields are the webhook fields that receive reads.
const fields = "messages,smb_message_echoes"

// node is what is asked of the number: its callback, and which business account and app it belongs to.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status
type node struct {
	Webhook struct {
		Own string `json:"phone_number"`
	} `json:"webhook_configuration"`
	Health struct {
		Entities []struct {
			Type string `json:"entity_type"`
			ID   string `json:"id"`
		} `json:"entities"`
	} `json:"health_status"`
}

func (n node) entity(kind string) string {
	for _, e := range n.Health.Entities {
		if e.Type == kind && digits.MatchString(e.ID) {
			return e.ID
		}
	}
	return ""
}

// Inspect implements [provider.Inspector]: it tells the callback of the number alone, not what the app subscribes to.
func (s *sender) Inspect(ctx context.Context, webhookURL string) (provider.Inspection, error) {
	var n node
	if err := s.ask(ctx, s.account.PhoneNumberID+"?fields=webhook_configuration,health_status", &n); err != nil {
		return provider.Inspection{}, err
	}
	return provider.Inspection{URL: n.Webhook.Own, Good: n.Webhook.Own == webhookURL}, nil
}

// Setup implements [provider.Setter]. It subscribes the app to the business account, gives the app a callback where it
// has none at all, and the number a callback of its own: other numbers keep theirs. A callback that the app has is
// somebody's, so it is left as it is, and a person is told what it lacks.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	var n node
	if err := s.ask(ctx, s.account.PhoneNumberID+"?fields=webhook_configuration,health_status", &n); err != nil {
		return "", err
	}
	var todo []string
	if app := n.entity("APP"); app == "" {
		todo = append(todo, "see that the app subscribes to the webhook fields "+fields)
	} else if lacks, err := s.app(ctx, app, webhookURL); err != nil {
		return "", err
	} else if lacks != "" {
		todo = append(todo, lacks)
	}
	if account := n.entity("WABA"); account == "" {
		todo = append(todo, "see that the app is subscribed to the WhatsApp Business account")
	} else if err := s.subscribe(ctx, account, n.entity("APP")); err != nil {
		return "", err
	}
	if n.Webhook.Own != webhookURL {
		if err := s.override(ctx, webhookURL); err != nil {
			return "", err
		}
	}
	if len(todo) == 0 {
		return "", nil
	}
	return "In the app's dashboard, under WhatsApp, Configuration: " + strings.Join(todo, "; "), nil
}

// app sees to the app's own subscription, as the app itself.
// https://developers.facebook.com/docs/graph-api/reference/app/subscriptions
func (s *sender) app(ctx context.Context, id, webhookURL string) (lacks string, err error) {
	const kind = "whatsapp_business_account"
	token := id + "|" + s.account.AppSecret.First()
	var subscriptions struct {
		Data []struct {
			Object string `json:"object"`
			Active bool   `json:"active"`
			Fields []struct {
				Name string `json:"name"`
			} `json:"fields"`
		} `json:"data"`
	}
	request := again(httpclient.Request{URL: s.api + "/" + id + "/subscriptions"})
	err = s.do(ctx, token, request, &subscriptions)
	if f := outcome.Classify(err); f != nil && f.Class == result.Suspended {
		return "", outcome.Suspend(wrongAppSecret, err)
	}
	if err != nil {
		return "", err
	}
	for _, sub := range subscriptions.Data {
		if sub.Object != kind {
			continue
		}
		var has []string
		for _, f := range sub.Fields {
			has = append(has, f.Name)
		}
		if sub.Active && slices.Contains(has, "messages") {
			return "", nil // echoes are only for numbers that are in the WhatsApp Business app too
		}
		return "subscribe to the webhook fields " + fields, nil
	}
	form := url.Values{"object": {kind}, "callback_url": {webhookURL}, "verify_token": {s.account.VerifyToken.First()}, "fields": {fields}}
	request.Body, request.ContentType = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	var d done
	if err := s.do(ctx, token, request, &d); err != nil {
		return "", err
	}
	return "", d.err()
}

// subscribe makes the app hear of the business account.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/manage-webhooks
func (s *sender) subscribe(ctx context.Context, account, app string) error {
	path := account + "/subscribed_apps"
	var subscribed struct {
		Data []struct {
			App struct {
				ID string `json:"id"`
			} `json:"whatsapp_business_api_data"`
		} `json:"data"`
	}
	if err := s.ask(ctx, path, &subscribed); err != nil {
		return err
	}
	for _, one := range subscribed.Data {
		if one.App.ID == app {
			return nil
		}
	}
	var d done
	if err := s.set(ctx, path, object{}, &d); err != nil {
		return err
	}
	return d.err()
}

// override gives the number its own callback. Meta asks that for its challenge before it answers.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
func (s *sender) override(ctx context.Context, webhookURL string) error {
	var d done
	err := s.set(ctx, s.account.PhoneNumberID, object{"webhook_configuration": object{
		"override_callback_uri": webhookURL, "verify_token": s.account.VerifyToken.First(),
	}}, &d)
	if err != nil {
		return err
	}
	return d.err()
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	return fmt.Sprintf(`curl -X POST '%s/%s' \
  -H 'Authorization: Bearer <ACCESS_TOKEN>' -H 'Content-Type: application/json' \
  -d '{"webhook_configuration": {"override_callback_uri": "%s", "verify_token": "<VERIFY_TOKEN>"}}'
# and in the app's dashboard, under WhatsApp, Configuration: subscribe to the webhook fields %s`,
		s.api, s.account.PhoneNumberID, webhookURL, fields)
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error {
	var n struct {
		ID string `json:"id"`
	}
	return s.ask(ctx, s.account.PhoneNumberID+"?fields=id", &n)
}
