package phone

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

type sender struct {
	base   string
	secret provider.Secret
	client *httpclient.Client
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{base: strings.TrimRight(a.URL, "/"), secret: a.Secret, client: h.Client}, nil
}

// call is the body of POST /messages.
type call struct {
	ID      string                `json:"id"`
	To      string                `json:"to"`
	Part    uint32                `json:"part"`
	Message customchannel.Message `json:"message"`
}

// Send implements [provider.Sender].
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	object, err := content.ToContract(m.GetContent())
	if err != nil {
		return sent, outcome.Reject(notCarried, err)
	}
	header := s.header()
	header.Set("Idempotency-Key", provider.IdempotencyKey(m))
	resp, err := s.client.JSON(ctx, s.base+"/messages", header, call{
		ID: m.GetId(), To: m.GetContact().GetAddress(), Part: m.GetPart().GetIndex(), Message: *object,
	})
	if err != nil {
		return sent, err
	}
	if err := judge(resp); err != nil {
		return sent, err
	}
	var answer struct {
		ID string `json:"id"`
	}
	if err := resp.Decode(&answer); err != nil {
		return sent, outcome.Uncertain(err) // taken by its status; the repeat says under which id
	}
	if answer.ID == "" {
		return sent, outcome.Uncertain(errors.New("the answer has no id"))
	}
	return provider.Sent{Ref: answer.ID}, nil
}

// Check implements [provider.Checker].
func (s *sender) Check(ctx context.Context) error {
	resp, err := s.client.Do(ctx, httpclient.Request{URL: s.base + "/account", Header: s.header()})
	if err != nil {
		return err
	}
	return judge(resp)
}

func (s *sender) header() http.Header {
	return http.Header{"Authorization": {"Bearer " + s.secret.Reveal()}}
}

// reasons are what the agent reads for a refusal that is final. The network's own words are not passed on.
var reasons = map[string]reason.Reason{
	"unreachable": cannotReach,
	"invalid":     notRead,
	"too_large":   messageTooLarge,
	"key_reused":  keyReused,
}

// judge is [httpclient.Response.Err] with what the network's error codes add to it.
func judge(resp *httpclient.Response) error {
	err := resp.Err()
	if err == nil {
		return nil
	}
	var body struct {
		Error struct {
			Code  string `json:"code"`
			Scope string `json:"scope"`
		} `json:"error"`
	}
	_ = json.Unmarshal(resp.Body, &body) // a proxy in between answers otherwise, and the status is enough
	switch f := outcome.Classify(err); {
	case f.Class == result.Waiting && body.Error.Scope == "account":
		return outcome.Wait(f.After, outcome.Account, f.Unwrap())
	case f.Class == result.Rejected && !reasons[body.Error.Code].IsZero():
		return outcome.Reject(reasons[body.Error.Code], f.Unwrap())
	default:
		return err
	}
}
