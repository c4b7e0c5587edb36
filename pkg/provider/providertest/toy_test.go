package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// account is the toy network's.
type account struct {
	Key provider.Secret `json:"key"`
	API string          `json:"api,omitempty"`
}

// toy is a network without a fault.
var toy = provider.Network[account]{
	Name:    "toy",
	Listens: true,
	Webhook: &webhook.Policy{Verify: webhook.Token{Header: "X-Key", Secret: "key"}, Dedupe: webhook.JSON("id")},
	Receive: func(c webhook.Call) ([]provider.Event, error) {
		if c.Suffix == "/status" {
			return []provider.Event{{Ignored: "status"}}, nil
		}
		var in struct {
			ID   int64  `json:"id"`
			From string `json:"from"`
			Text string `json:"text"`
		}
		if json.Unmarshal(c.Body, &in) != nil || in.From == "" || in.Text == "" {
			return nil, errors.New("the call cannot be read")
		}
		return []provider.Event{{
			Key: fmt.Sprintf("%s:%d", in.From, in.ID), Contact: &messagev1.Contact{Address: in.From},
			At: time.Unix(1700000000, 0).UTC(), Content: provider.Text(in.Text),
		}}, nil
	},
	Open: func(a account, h provider.Host) (provider.Sender, error) {
		return &toySender{account: a, client: h.Client}, nil
	},
}

type toySender struct {
	account account
	client  *provider.Client
	// ear takes the place of the sender's own listening where a test gives one.
	ear func(ctx context.Context, s *toySender, cursor string, store provider.Store) error
	// judge takes the place of the sender's own judgement where a test gives one.
	judge func(a account, m *messagev1.Message, r *provider.Response, err error) error
}

func (s *toySender) Listens() bool { return true }

func (s *toySender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	if s.ear != nil {
		return s.ear(ctx, s, cursor, store)
	}
	for ctx.Err() == nil {
		heard, next, err := s.poll(ctx, cursor)
		if err != nil {
			return err
		}
		if err := store(ctx, next, heard...); err != nil {
			return err
		}
		cursor = next
	}
	return nil
}

// poll asks for what comes after the cursor.
func (s *toySender) poll(ctx context.Context, cursor string) (heard []provider.Heard, next string, err error) {
	resp, err := s.client.Do(ctx, provider.Request{URL: s.account.API + "/after/" + cursor})
	if err != nil {
		return nil, "", provider.Temporary("no answer", err)
	}
	if !resp.OK() {
		return nil, "", resp.Err()
	}
	var bodies []json.RawMessage
	if err := resp.Decode(&bodies); err != nil {
		return nil, "", provider.Temporary("an answer that cannot be read", err)
	}
	for _, body := range bodies {
		var in struct {
			ID json.Number `json:"id"`
		}
		_ = json.Unmarshal(body, &in)
		heard, next = append(heard, provider.Heard{Key: in.ID.String(), Body: body}), in.ID.String()
	}
	return heard, next, nil
}

func (s *toySender) Check(context.Context) error { return nil }

func (s *toySender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	resp, err := s.client.JSON(ctx, s.account.API+"/send", http.Header{"Authorization": {"Bearer " + s.account.Key.Reveal()}},
		map[string]string{"to": m.GetContact().GetAddress(), "text": m.GetContent().GetText().GetBody()})
	if s.judge != nil {
		if err := s.judge(s.account, m, resp, err); err != nil {
			return sent, err
		}
	}
	switch {
	case err != nil:
		return sent, err
	case resp.Status == http.StatusForbidden:
		return sent, provider.Reject("the contact refuses messages", fmt.Errorf("status %d", resp.Status))
	case !resp.OK():
		return sent, resp.Err()
	}
	var out struct {
		ID string `json:"id"`
	}
	if err := resp.Decode(&out); err != nil {
		return sent, provider.Uncertain(err)
	}
	return provider.Sent{Ref: out.ID}, nil
}
