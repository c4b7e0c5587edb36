package webhook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// sender is one app.
type sender struct {
	client *httpclient.Client
	url    string
	secret provider.Secrets
	bearer provider.Secret
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{client: h.Client, url: a.URL, secret: a.Secret, bearer: a.Bearer}, nil
}

// Send implements [provider.Sender]. The ref is our own id, by which the app's echoes of it are known.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	object, err := content.ToContract(m.GetContent())
	if err != nil {
		return provider.Sent{}, outcome.Reject(notCarried, err)
	}
	id := provider.IdempotencyKey(m)
	p := sending{Type: typeMessage, Data: outgoing{
		ID: id, MessageID: m.GetId(), Part: m.GetPart().GetIndex() + 1, Parts: cmp.Or(m.GetPart().GetCount(), 1),
		Contact: contact{ID: m.GetContact().GetAddress()}, Message: object,
	}}
	if m.GetAcceptedAt() != nil {
		p.Timestamp = at(m.GetAcceptedAt().AsTime())
	}
	if err := s.post(ctx, id, p, false); err != nil {
		return provider.Sent{}, err
	}
	return provider.Sent{Ref: id}, nil
}

// Check implements [provider.Checker]: a ping that is taken was signed right.
func (s *sender) Check(ctx context.Context) error {
	now := time.Now()
	return s.post(ctx, fmt.Sprintf("ping-%d", now.UnixMilli()), sending{Type: typePing, Timestamp: at(now), Data: struct{}{}}, true)
}

// post makes a signed call. A message whose answer is lost is uncertain, as it is everywhere: its id makes a repeat harmless.
func (s *sender) post(ctx context.Context, id string, p sending, idempotent bool) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode %s: %w", p.Type, err)
	}
	header := http.Header{}
	sign(header, id, time.Now(), body, s.secret.Reveal())
	if s.bearer.Reveal() != "" {
		header.Set("Authorization", "Bearer "+s.bearer.Reveal())
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		Method: http.MethodPost, URL: s.url, Header: header, Body: bytes.NewReader(body), ContentType: "application/json", Idempotent: idempotent,
	})
	if err != nil {
		return err
	}
	return judge(resp)
}
