package clicksend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// accountInfo is the part of https://developers.clicksend.com/docs/accounts/management that is read. The answer holds
// the API key: nothing of it is passed on.
type accountInfo struct {
	Banned integer `json:"banned"`
	Parts  integer `json:"setting_sms_message_char_limit"`
}

func (s *sender) info(ctx context.Context) (accountInfo, error) {
	const doing = "a look at the account"
	data, err := s.ask(ctx, doing, http.MethodGet, "/v3/account", nil)
	if err != nil {
		return accountInfo{}, err
	}
	var i accountInfo
	if json.Unmarshal(data, &i) != nil {
		return accountInfo{}, outcome.Temporary(unreadableAnswer, errors.New(doing+": the data is no account"))
	}
	return i, nil
}

// leastParts is how many parts a message may have for [Network].Carries to be true.
const leastParts = 6

// Setup implements [provider.Setter]: it makes the two rules by which messages and receipts are pushed to the webhook.
func (s *sender) Setup(ctx context.Context, webhookURL string) (string, error) {
	if err := s.urlRules(ctx, webhookURL); err != nil {
		return "", err
	}
	i, err := s.info(ctx)
	if err == nil && i.Parts > 0 && i.Parts < leastParts {
		return fmt.Sprintf("in ClickSend's dashboard, under SMS settings, let a message have %d parts: it has %d, and what is longer is cut off", leastParts, i.Parts), nil
	}
	return "", err
}

// Instructions implements [provider.Instructor].
func (s *sender) Instructions(webhookURL string) string {
	w := rules{s, webhookURL, actionURL, webhookURL + "?" + tokenParameter + "=<WEBHOOK_TOKEN>"}
	text := ""
	for _, book := range []rulebook{inboundRules, receiptRules} {
		text += fmt.Sprintf("curl -u '<USERNAME>:<API_KEY>' '%s%s' \\\n  -H 'Content-Type: application/json' -d '%s'\n", s.api, book.path, plain(w.wanted(book)))
	}
	return text + "or add the same two rules in ClickSend's dashboard, under SMS: an inbound rule and a delivery report rule, each with the action URL"
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error {
	i, err := s.info(ctx)
	if err == nil && i.Banned != 0 {
		err = outcome.Suspend(banned, errors.New("the account is banned"))
	}
	return err
}

// plain is JSON that a person copies: <WEBHOOK_TOKEN> stays as it is.
func plain(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}
