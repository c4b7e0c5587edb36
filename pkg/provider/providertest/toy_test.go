package providertest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// account is the toy network's.
type account struct {
	Key provider.Secret `json:"key" doc:"The key of the toy's API."`
	API string          `json:"api,omitempty" doc:"Where the toy is: scheme, host and port."`
}

// Validate implements the SDK's check.
func (a account) Validate() error {
	if u, err := url.Parse(a.API); a.API != "" && (err != nil || u.Host == "") {
		return errors.New("api: must be an address")
	}
	return nil
}

// docs is the toy network's documentation.
const docs = "https://toy.example.com/docs"

// toy is a network without a fault.
var toy = provider.Network[account]{
	Name: "toy", Reasons: &said,
	Doc: docs,
	Carries: provider.Carries{
		Text: provider.Limit{Max: 60, Unit: provider.UTF16, Page: docs}, Caption: provider.Limit{Max: 30, Page: docs},
		Image: docs, File: docs, Location: docs, LocationAddress: docs,
		Buttons: provider.Limit{Max: 3, Page: docs}, ButtonText: provider.Limit{Max: 8, Page: docs},
	},
	Confirms: provider.Confirms{Receipts: docs, OwnID: docs, IdempotencyKey: docs},
	Rates:    provider.Rates{Account: provider.PerSecond(5, docs)},
	Abilities: provider.Abilities{
		Fetcher: (*toySender)(nil), Checker: (*toySender)(nil), Setter: (*toySender)(nil), Instructor: (*toySender)(nil),
		Listener: (*toySender)(nil), Validator: account{},
	},
	Webhook: &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "key"}, Dedupe: expr.JSON("id")},
	Receive: receive, Mimic: mimic,
	Open: func(a account, h provider.Host) (provider.Sender, error) {
		return &toySender{account: a, client: h.Client}, nil
	},
}

// mimic makes a call of one text up.
func mimic(_ account, s provider.Said) (webhook.Call, error) {
	body, err := json.Marshal(toyEvent{ID: s.Number, From: cmp.Or(s.Contact, "ana"), Text: s.Text})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}

// toyEvent is one event of a call.
type toyEvent struct {
	ID      int64  `json:"id"`
	From    string `json:"from"`
	Text    string `json:"text"`
	Receipt string `json:"receipt"`
}

func receive(_ account, c webhook.Call) ([]provider.Event, error) {
	if c.Suffix == "/status" {
		return []provider.Event{provider.IgnoredEvent("status")}, nil
	}
	var in struct {
		toyEvent
		Events []json.RawMessage `json:"events"`
	}
	if json.Unmarshal(c.Body, &in) != nil {
		return nil, errors.New("the call cannot be read")
	}
	if in.Events == nil && (in.From == "" || in.Text == "") {
		return nil, errors.New("a message has no from or no text")
	}
	if in.Events == nil {
		in.Events = []json.RawMessage{c.Body}
	}
	var out []provider.Event
	for _, raw := range in.Events {
		var e toyEvent
		if err := json.Unmarshal(raw, &e); err != nil {
			out = append(out, provider.UnreadableEvent(provider.Misread("an event", err)))
			continue
		}
		key, contact, at := fmt.Sprintf("%s:%d", e.From, e.ID), &messagev1.Contact{Address: e.From}, time.Unix(1700000000, 0).UTC()
		var event provider.Event
		switch {
		case e.From == "":
			event = provider.UnreadableEvent("an event has no from")
		case e.Receipt != "":
			event = provider.ReceiptEvent(key, provider.Receipt{OwnID: e.Receipt, Status: eventv1.Status_STATUS_READ}).WithContact(contact).WithTime(at)
		case e.Text != "":
			event = provider.MessageEvent(key, contact, content.Text(e.Text)).WithTime(at)
		default:
			event = provider.UnreadableEvent("an event has neither text nor receipt")
		}
		out = append(out, event)
	}
	return out, nil
}

type toySender struct {
	account account
	client  *httpclient.Client
	// send, fetch, setup and ear take the place of the sender's own where a test gives one.
	send  func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error)
	fetch func(ctx context.Context, s *toySender, a *messagev1.Attachment) (*provider.File, error)
	setup func(ctx context.Context, s *toySender, webhookURL string) (string, error)
	ear   func(ctx context.Context, s *toySender, cursor string, store provider.Store) error
	// judge is asked first where a test gives one.
	judge func(a account, m *messagev1.Message, r *httpclient.Response, err error) error
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
	resp, err := s.client.Do(ctx, httpclient.Request{URL: s.account.API + "/after/" + cursor})
	if err != nil {
		return nil, "", outcome.Temporary(why("no answer"), err)
	}
	if !resp.OK() {
		return nil, "", resp.Err()
	}
	var bodies []json.RawMessage
	if err := resp.Decode(&bodies); err != nil {
		return nil, "", outcome.Temporary(why("an answer that cannot be read"), err)
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

func (s *toySender) Check(ctx context.Context) error {
	resp, err := s.client.Do(ctx, httpclient.Request{URL: s.account.API + "/me"})
	if err != nil {
		return err
	}
	return resp.Err()
}

func (s *toySender) Setup(ctx context.Context, webhookURL string) (string, error) {
	if s.setup != nil {
		return s.setup(ctx, s, webhookURL)
	}
	resp, err := s.client.JSON(ctx, s.account.API+"/webhook", nil, map[string]string{"url": webhookURL})
	if err != nil {
		return "", err
	}
	return "", resp.Err()
}

func (s *toySender) Instructions(webhookURL string) string { return "paste " + webhookURL }

func (s *toySender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	if s.fetch != nil {
		return s.fetch(ctx, s, a)
	}
	stream, err := s.client.Open(ctx, httpclient.Request{URL: s.account.API + "/files/" + a.GetHandle()})
	if err != nil {
		return nil, err
	}
	if stream.Status != http.StatusOK {
		stream.Body.Close()
		return nil, stream.Err()
	}
	return &provider.File{Body: stream.Body, MediaType: "text/plain"}, nil
}

func (s *toySender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	if s.send != nil {
		return s.send(ctx, s, m)
	}
	body, err := toyBody(m)
	if err != nil {
		return sent, outcome.Reject(why("the toy takes no such message"), err)
	}
	return s.post(ctx, m, body)
}

// toyBody is a message as the toy's API has it.
func toyBody(m *messagev1.Message) (map[string]any, error) {
	body := map[string]any{"to": m.GetContact().GetAddress(), "key": provider.IdempotencyKey(m)}
	switch c := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		body["text"] = c.Text.GetBody()
	case *messagev1.Content_Attachment:
		if !toy.Carries.Attachment(c.Attachment.GetKind()) || c.Attachment.GetUrl() == "" {
			return nil, errors.New("an attachment of another kind, or without an address")
		}
		body["file"], body["caption"] = c.Attachment.GetUrl(), c.Attachment.GetCaption()
	case *messagev1.Content_Location:
		body["place"] = []float64{c.Location.GetLatitude(), c.Location.GetLongitude()}
		body["address"] = c.Location.GetAddress()
	case *messagev1.Content_QuickReply:
		body["text"], body["buttons"] = c.QuickReply.GetTitle(), c.QuickReply.GetReplies()
	default:
		return nil, fmt.Errorf("unknown content %T", c)
	}
	return body, nil
}

// post sends a body and judges the answer.
func (s *toySender) post(ctx context.Context, m *messagev1.Message, body map[string]any) (sent provider.Sent, err error) {
	resp, err := s.client.JSON(ctx, s.account.API+"/send", http.Header{"Authorization": {"Bearer " + s.account.Key.Reveal()}}, body)
	if s.judge != nil {
		if err := s.judge(s.account, m, resp, err); err != nil {
			return sent, err
		}
	}
	switch {
	case err != nil:
		return sent, err
	case resp.Status == http.StatusForbidden:
		return sent, outcome.Reject(why("the contact refuses messages"), fmt.Errorf("status %d", resp.Status))
	case !resp.OK():
		return sent, resp.Err()
	}
	var out struct {
		ID string `json:"id"`
	}
	if err := resp.Decode(&out); err != nil {
		return sent, outcome.Uncertain(err)
	}
	return provider.Sent{Ref: out.ID}, nil
}

// said is what the toy's code says.
var said reason.Table

var words = said.New("words", reason.Network, "{words}", "la red dice: {words}")

// why is a declared reason of these words, none for no words.
func why(text string) reason.Reason {
	if text == "" {
		return reason.Reason{}
	}
	return words.With("words", text)
}
