package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// number is https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource.
type number struct {
	Sid         string `json:"sid"`
	PhoneNumber string `json:"phone_number"`
	SmsURL      string `json:"sms_url"`
	SmsMethod   string `json:"sms_method"`
	Application string `json:"sms_application_sid"`
}

// Setup implements [provider.Setter]: it sets the webhook of a number of the account, where another one, or none, is set.
// Of other senders, and where the number hands its messages to something else, it says what to do.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	if !e164.MatchString(s.from) {
		return s.manual(webhookURL), nil
	}
	n, found, err := s.number(ctx)
	if err != nil {
		return "", err
	}
	if !found {
		return "The sender (from) is no number of this account. " + s.manual(webhookURL), nil
	}
	return s.register(ctx, n, webhookURL)
}

// number looks up the sender's number, which may be none of the account's.
func (s *sender) number(ctx context.Context) (n number, found bool, err error) {
	var list struct {
		Numbers []number `json:"incoming_phone_numbers"`
	}
	search := s.path("/IncomingPhoneNumbers.json?") + url.Values{"PhoneNumber": {s.from}}.Encode()
	if err := s.ask(ctx, "look up the number", search, nil, &list); err != nil {
		return n, false, err
	}
	for _, n := range list.Numbers {
		if n.PhoneNumber == s.from { // Twilio finds numbers that contain it too
			return n, true, nil
		}
	}
	return n, false, nil
}

// fits says that nothing has to be registered.
func (n number) fits(webhookURL string) bool {
	return n.Application == "" && n.SmsURL == webhookURL+connectionOverrides && n.SmsMethod == http.MethodPost
}

// Inspect implements [provider.Inspector]. Of other senders than numbers Twilio tells nothing.
func (s *sender) Inspect(ctx context.Context, webhookURL string) (i provider.Inspection, err error) {
	if !e164.MatchString(s.from) {
		i.LastError = "Twilio tells the address of numbers alone: look at it in the console"
		return i, nil
	}
	n, found, err := s.number(ctx)
	switch {
	case err != nil:
		return i, err
	case !found:
		i.LastError = "the sender (from) is no number of this account"
	case n.Application != "":
		i.LastError = "a TwiML app handles the number's messages"
	}
	i.URL, i.Good = n.SmsURL, n.fits(webhookURL)
	return i, nil
}

func (s *sender) register(ctx context.Context, n number, webhookURL string) (string, error) {
	if n.Application != "" { // its URL comes before the number's
		return "A TwiML app handles the number's messages. Take it off, or enter this as its request URL for messages: " +
			webhookURL + connectionOverrides, nil
	}
	if n.fits(webhookURL) {
		return "", nil
	}
	form := url.Values{"SmsUrl": {webhookURL + connectionOverrides}, "SmsMethod": {http.MethodPost}}
	var set number
	return "", s.ask(ctx, "set the number's webhook", s.path("/IncomingPhoneNumbers/"+url.PathEscape(n.Sid)+".json"), form, &set)
}

// manual says what to enter where, "" for a sender that receives nothing.
func (s *sender) manual(webhookURL string) string {
	where := "Phone Numbers, Manage, Active numbers, the number, Messaging, A message comes in"
	switch channel, _ := split(s.from); {
	case serviceSid.MatchString(s.from):
		where = "Messaging, Services, the service, Integration, Send a webhook, Request URL"
	case channel == whatsApp:
		where = "Messaging, Senders, WhatsApp senders, the sender, Webhook URL for incoming messages"
	case channel != "":
		where = "Messaging, Senders, the sender, Webhook URL for incoming messages"
	case isAlphanumeric(s.from):
		return ""
	}
	return fmt.Sprintf("In Twilio's console enter at %s, with HTTP POST: %s%s", where, webhookURL, connectionOverrides)
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	if !e164.MatchString(s.from) {
		if todo := s.manual(webhookURL); todo != "" {
			return todo
		}
		return "none: nobody can answer an alphanumeric sender"
	}
	return fmt.Sprintf(`curl '%s/2010-04-01/Accounts/<ACCOUNT_SID>/IncomingPhoneNumbers/<PHONE_NUMBER_SID>.json' \
  -u '<ACCOUNT_SID>:<AUTH_TOKEN>' \
  --data-urlencode 'SmsUrl=%s%s' --data-urlencode 'SmsMethod=POST'`, s.api, webhookURL, connectionOverrides)
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error {
	var account struct {
		Status string `json:"status"`
	}
	if err := s.ask(ctx, "look up the account", s.path(".json"), nil, &account); err != nil {
		return err
	}
	if account.Status != "active" { // https://www.twilio.com/docs/iam/api/account: suspended, closed
		return outcome.Suspend(suspended[20005], errors.New("the account is not active"))
	}
	return nil
}
