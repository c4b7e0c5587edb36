package viber

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// sender is one bot at work.
type sender struct {
	Account
	client *provider.Client
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	a.API = cmp.Or(strings.TrimSuffix(a.API, "/"), "https://chatapi.viber.com")
	return &sender{a, h.Client}, nil
}

// Send implements [provider.Sender].
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	a, err := s.call(ctx, "send_message", map[string]any{
		"receiver": m.GetContact().GetAddress(), "sender": map[string]string{"name": s.Name},
		"type": "text", "text": m.GetContent().GetText().GetBody(), // by Carries everything is a text
	})
	return provider.Sent{Ref: a.Token.String()}, err
}

// answer is what every method answers, in HTTP always with 200.
type answer struct {
	Status *int        `json:"status"`
	Token  json.Number `json:"message_token"`
}

func (s *sender) call(ctx context.Context, method string, body any) (a answer, err error) {
	resp, err := s.client.JSON(ctx, s.API+"/pa/"+method, http.Header{"X-Viber-Auth-Token": {s.AuthToken.Reveal()}}, body)
	if err != nil {
		return a, err
	}
	if !resp.OK() {
		return a, resp.Err()
	}
	if json.Unmarshal(resp.Body, &a) != nil || a.Status == nil {
		return answer{}, provider.Uncertain(errors.New(method + ": the answer cannot be read"))
	}
	return a, refusal(fmt.Errorf("%s: status %d", method, *a.Status), *a.Status)
}

// refusal is what a status means: https://creators.viber.com/docs/bots-api/errors
func refusal(cause error, status int) error {
	switch status {
	case 0:
		return nil
	case 2, 7, 8, 9, 15:
		return provider.Suspend("Viber refuses the bot: its token is wrong, or it is blocked or suspended", cause)
	case 12: // 100 messages an hour that nobody answers
		return provider.Wait(5*time.Minute, provider.Contact, cause)
	case 5, 6, 11:
		return provider.Reject("the contact does not subscribe to the bot, or has no Viber that could show the message", cause)
	case 3, 4, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23:
		return provider.Reject(fmt.Sprintf("Viber refuses the message (%d)", status), cause)
	default:
		return provider.TemporaryFor(15*time.Minute, "Viber is out of order", cause)
	}
}
