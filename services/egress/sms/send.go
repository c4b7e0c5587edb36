package sms

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// sender is one customer with one sender id.
type sender struct {
	client   *httpclient.Client
	account  Account
	declared *Declaration
	request  *request
	receipts string // where receipts are to be sent, with the secret
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	d, err := a.declaration()
	if err != nil {
		return nil, err
	}
	r, err := d.Send.compile()
	if err != nil {
		return nil, err
	}
	s := &sender{client: h.Client, account: a, declared: d, request: r}
	if h.WebhookURL != "" {
		s.receipts = h.WebhookURL + "/" + a.Secret.First()
	}
	return s, nil
}

// e164 is https://www.itu.int/rec/T-REC-E.164
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Send implements [provider.Sender]. Providers drop no repeats, as far as is declared: a lost answer is uncertain.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	to := m.GetContact().GetAddress()
	if !e164.MatchString(to) {
		return provider.Sent{}, outcome.Reject(noNumber, errors.New("not a number in international form"))
	}
	body, ok := m.GetContent().GetKind().(*messagev1.Content_Text)
	if !ok {
		return provider.Sent{}, outcome.Reject(textsOnly, fmt.Errorf("content %T", m.GetContent().GetKind()))
	}
	text := body.Text.GetBody()
	if strings.TrimSpace(text) == "" {
		return provider.Sent{}, outcome.Reject(empty, errors.New("empty text"))
	}
	r, err := s.request.build(s.account.values(s.declared, to, text, provider.IdempotencyKey(m), s.receipts), s.account.API)
	if err != nil {
		return provider.Sent{}, err
	}
	resp, err := s.client.Do(ctx, r)
	if err != nil {
		return provider.Sent{}, err
	}
	return s.declared.Send.judge(resp)
}
