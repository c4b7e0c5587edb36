package clicksend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// outgoing is one message of https://developers.clicksend.com/docs/messaging/sms
type outgoing struct {
	Source string `json:"source"`
	From   string `json:"from,omitempty"`
	To     string `json:"to"`
	Body   string `json:"body"`
	// CustomString comes back with every receipt.
	CustomString string `json:"custom_string"`
}

const (
	sending = "the message"
	// source is what ClickSend's history names as the program that sent it.
	source = "puente"
	// throttle is how long is waited after THROTTLED: "a few seconds".
	throttle = 10 * time.Second
)

// Send implements [provider.Sender]. ClickSend knows no idempotency key: a lost answer is uncertain, and the receipt, which
// carries our id, may settle it.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	to := m.GetContact().GetAddress()
	if !e164.MatchString(to) {
		return provider.Sent{}, outcome.Reject(noNumber, errors.New("not a number in international form"))
	}
	body, ok := m.GetContent().GetKind().(*messagev1.Content_Text)
	if !ok {
		return provider.Sent{}, outcome.Reject(textsOnly, fmt.Errorf("content %T", m.GetContent().GetKind()))
	}
	if strings.TrimSpace(body.Text.GetBody()) == "" {
		return provider.Sent{}, outcome.Reject(final["EMPTY_MESSAGE"], errors.New("empty text"))
	}
	one := outgoing{Source: source, From: s.account.From, To: to, Body: body.Text.GetBody(), CustomString: provider.IdempotencyKey(m)}
	data, err := s.call(ctx, sending, http.MethodPost, "/v3/sms/send", map[string]any{"messages": []outgoing{one}})
	if err != nil {
		return provider.Sent{}, err
	}
	id, status, err := told(data)
	switch {
	case err != nil:
		return provider.Sent{}, err
	case status == "SUCCESS":
		return provider.Sent{Ref: id}, nil
	case status == "THROTTLED":
		return s.throttled(ctx, one)
	default:
		return provider.Sent{}, judged(&refusal{doing: sending, status: http.StatusOK, code: known(status)})
	}
}

// told reads what became of the one message that was sent: the answer as a whole says SUCCESS in any case.
func told(data json.RawMessage) (id, status string, err error) {
	var d struct {
		Messages []struct {
			ID     string `json:"message_id"`
			Status string `json:"status"`
		} `json:"messages"`
	}
	if json.Unmarshal(data, &d) != nil || len(d.Messages) != 1 || d.Messages[0].Status == "" {
		return "", "", outcome.Uncertain(errors.New("the answer does not say what became of the message"))
	}
	return d.Messages[0].ID, d.Messages[0].Status, nil
}

// known is a code as it may be told, "" for none.
func known(code string) string {
	if codePattern.MatchString(code) {
		return code
	}
	return ""
}

// throttled finds out what an answer of THROTTLED means: the same words went to the same number a moment ago. They may
// be another message's, then this one waits; or this one's own, where an earlier try's answer was lost: then it is at
// ClickSend, under our id, and is not sent again.
func (s *sender) throttled(ctx context.Context, one outgoing) (provider.Sent, error) {
	id, found, err := s.inHistory(ctx, one)
	switch {
	case err != nil:
		return provider.Sent{}, err
	case found:
		return provider.Sent{Ref: id}, nil
	default:
		return provider.Sent{}, outcome.Wait(throttle, outcome.Contact, &refusal{doing: sending, status: http.StatusOK, code: "THROTTLED"})
	}
}
