package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

func TestFaultyJudgementsAreCaught(t *testing.T) {
	caught(t, map[string]faulty{
		// what it says of errors
		"a secret in an error": {judged(func(a account, _ *messagev1.Message, r *httpclient.Response, _ error) error {
			if r == nil || r.OK() {
				return nil
			}
			return outcome.Reject(why("the contact refuses messages"), errors.New("with key "+a.Key.Reveal()))
		}), "the error holds the secret key"},
		"a text in a reason": {judged(func(_ account, m *messagev1.Message, r *httpclient.Response, _ error) error {
			if r == nil || r.OK() {
				return nil
			}
			return outcome.Reject(why("cannot send "+m.GetContent().GetText().GetBody()), nil)
		}), "the error holds the message's text"},
		"an error that nobody classified": {refusing(403, errors.New("no")), "not classified"},
		"a failure without a reason":      {refusing(403, outcome.Reject(why(""), errors.New("no"))), "has no reason"},
		"a reason that is not declared":   {refusing(403, outcome.Reject(reason.New("odd", reason.Contact, "no", "no"), errors.New("no"))), "is not declared"},
		"a reason without its value":      {refusing(403, outcome.Reject(words, errors.New("no"))), "the value {words} is missing"},
		"the network's own words": {judged(func(_ account, _ *messagev1.Message, r *httpclient.Response, _ error) error {
			if r == nil || r.OK() || r.Status == 401 || r.Status >= 429 {
				return nil
			}
			var out struct {
				Error any `json:"error"`
			}
			_ = json.Unmarshal(r.Body, &out)
			return outcome.Reject(why("the network says no"), fmt.Errorf("%v", out.Error))
		}), "with an answer that quotes: the error holds"},
		"the last of the network's words": {judged(func(_ account, _ *messagev1.Message, r *httpclient.Response, _ error) error {
			if r == nil || r.OK() || r.Status == 401 || r.Status >= 429 {
				return nil
			}
			var out struct{ Message string }
			_ = json.Unmarshal(r.Body, &out)
			words := append([]string{"nothing"}, strings.Fields(out.Message)...)
			return outcome.Reject(why("the network says no"), errors.New(words[len(words)-1]))
		}), "message.json with an answer that quotes: the error quotes what the network said"},
		"a panic on another answer": {judged(func(_ account, _ *messagev1.Message, r *httpclient.Response, _ error) error {
			var v map[string]any
			if r != nil && r.Status == 200 && json.Unmarshal(r.Body, &v) == nil {
				_ = v["id"].(string)
			}
			return nil
		}), "interface conversion"},
		"a secret in an error of Fetch": {able(func(s *toySender) {
			s.fetch = func(_ context.Context, s *toySender, _ *messagev1.Attachment) (*provider.File, error) {
				return nil, outcome.Reject(why("no file at "+s.account.Key.Reveal()), nil)
			}
		}), "fetch.json (9): the error holds the secret key"},
		"a secret in an error of Setup": {able(func(s *toySender) {
			s.setup = func(_ context.Context, s *toySender, _ string) (string, error) {
				return "", outcome.Suspend(why("refused"), errors.New(s.account.Key.Reveal()))
			}
		}), "setup.json (10): the error holds the secret key"},

		// what it makes of an answer
		"a lost answer that is tried again": {judged(func(_ account, _ *messagev1.Message, _ *httpclient.Response, err error) error {
			if err == nil {
				return nil
			}
			return outcome.Temporary(why("no answer"), nil)
		}), "a lost answer is retry"},
		"an answer that is not read to its end": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, outcome.Reject(why("no"), err)
			}
			data, _ := json.Marshal(body)
			stream, err := s.client.Open(ctx, httpclient.Request{URL: s.account.API + "/send", Body: strings.NewReader(string(data)), ContentType: "application/json"})
			if err != nil {
				return provider.Sent{}, err
			}
			defer stream.Body.Close()
			if stream.Status != 200 {
				return provider.Sent{}, stream.Err()
			}
			answer, _ := io.ReadAll(stream.Body)
			var out struct{ ID string }
			_ = json.Unmarshal(answer, &out)
			return provider.Sent{Ref: out.ID}, nil
		}), "an answer that breaks off is taken for success"},
		"an outage that is final":               {refusing(500, outcome.Reject(why("broken"), nil)), "a server error is rejected"},
		"a wait that is final":                  {refusing(429, outcome.Reject(why("slow down"), nil)), "a request to wait is rejected"},
		"a wait that is tried at once":          {refusing(429, outcome.Temporary(why("slow down"), nil)), "a request to wait is retry"},
		"a wait of its own making":              {refusing(429, outcome.Wait(time.Minute, outcome.Channel, nil)), "a request to wait of 7s waits for 1m0s"},
		"a proxy's page that suspends":          {refusing(404, outcome.Suspend(why("no such account"), nil)), "a proxy's page is suspended"},
		"a proxy's page that is final":          {refusing(404, outcome.Reject(why("no such account"), nil)), "a proxy's page is rejected"},
		"a dead credential that is final":       {refusing(401, outcome.Reject(why("who are you"), nil)), "a refused credential is rejected"},
		"a dead credential that is tried again": {refusing(401, outcome.Temporary(why("who are you"), nil)), "a refused credential is retry"},
		"a page that is taken for success": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, outcome.Reject(why("no"), err)
			}
			resp, err := s.client.JSON(ctx, s.account.API+"/send", nil, body)
			if err != nil {
				return provider.Sent{}, err
			}
			var out struct{ ID string }
			_ = json.Unmarshal(resp.Body, &out)
			return provider.Sent{Ref: out.ID}, resp.Err()
		}), "an answer that cannot be read is taken for success"},
		"a registration that failed and is told as done": {able(func(s *toySender) {
			s.setup = func(ctx context.Context, s *toySender, url string) (string, error) {
				_, err := s.client.JSON(ctx, s.account.API+"/webhook", nil, map[string]string{"url": url})
				return "", err
			}
		}), "setup.json: a server error is taken for success"},
		"a file that is an error page": {able(func(s *toySender) {
			s.fetch = func(ctx context.Context, s *toySender, a *messagev1.Attachment) (*provider.File, error) {
				stream, err := s.client.Open(ctx, httpclient.Request{URL: s.account.API + "/files/" + a.GetHandle()})
				if err != nil {
					return nil, err
				}
				return &provider.File{Body: stream.Body, MediaType: "text/plain"}, nil
			}
		}), "fetch.json: a server error is taken for success"},
		"a context that is not heeded": {sending(func(_ context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, outcome.Reject(why("no"), err)
			}
			return s.post(context.Background(), m, body)
		}), "does not end with its context"},
	})
}

func TestFaultySendersAreCaught(t *testing.T) {
	caught(t, map[string]faulty{
		// what it asks
		"another request": {changed(func(n *provider.Network[account]) {
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				a.API += "/v2"
				return toy.Open(a, h)
			}
		}), "request 1 of message.json"},
		"a Send that sleeps": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			sent, err := sound(s).Send(ctx, m)
			if f := outcome.Classify(err); f != nil && f.Class == result.Waiting {
				time.Sleep(f.After)
			}
			return sent, err
		}), "message.json: the network's code waits for 7s by itself"},
		"a Send that waits beside its context": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			pause, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			<-pause.Done()
			return sound(s).Send(ctx, m)
		}), "message.json: the network's code waits for 50ms by itself"},
		"a Fetch that polls": {able(func(s *toySender) {
			s.fetch = func(ctx context.Context, s *toySender, a *messagev1.Attachment) (*provider.File, error) {
				<-time.Tick(time.Second)
				return sound(s).Fetch(ctx, a)
			}
		}), "fetch.json: the network's code waits for 1s by itself"},
		"a Send that leaves something behind": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			go func() { <-make(chan struct{}) }()
			return sound(s).Send(ctx, m)
		}), "goes on for ever"},
		"a request too many": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			sent, err := sound(s).Send(ctx, m)
			if err == nil {
				_, err = sound(s).Send(ctx, m)
			}
			return sent, err
		}), "requests without an answer"},
		"no idempotency key":         {written(func(_ *messagev1.Message, body map[string]any) { delete(body, "key") }), "it holds no idempotency key"},
		"a key of the message alone": {written(func(m *messagev1.Message, body map[string]any) { body["key"] = m.GetId() }), "does not tell parts apart"},
		"a key of each try":          {written(func(_ *messagev1.Message, body map[string]any) { body["key"] = rand.Int() }), "another try makes another request"},
		"a text that is cut": {written(func(_ *messagev1.Message, body map[string]any) {
			if text, _ := body["text"].(string); len(text) > 40 {
				body["text"] = text[:40]
			}
		}), "does not reach the network"},
		"a limit that the network does not keep": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			if len(m.GetContent().GetText().GetBody()) > 60 { // bytes, where Carries counts in UTF-16 units
				return provider.Sent{}, outcome.Reject(why("too long"), nil)
			}
			return sound(s).Send(ctx, m)
		}), "a text of exactly 60 utf16 (Carries.Text) is not sent"},
		"a caption that gets lost": {written(func(_ *messagev1.Message, body map[string]any) { delete(body, "caption") }), "does not reach the network"},
		"a button that gets lost": {written(func(m *messagev1.Message, body map[string]any) {
			if b, _ := body["buttons"].([]string); len(b) > 2 {
				body["buttons"] = b[:2]
			}
		}), "does not reach the network"},
		"an address that gets lost":       {written(func(_ *messagev1.Message, body map[string]any) { delete(body, "address") }), "a place with its address (Carries.LocationAddress)"},
		"a kind that it says and not has": {changed(func(n *provider.Network[account]) { n.Carries.Video = docs }), "Carries says video"},
		"a kind of the future that is sent": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				body = map[string]any{"to": m.GetContact().GetAddress(), "text": ""}
			}
			return s.post(ctx, m, body)
		}), "an attachment of a kind of the future is taken for sent"},
		"a kind of the future that is tried again": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, err
			}
			return s.post(ctx, m, body)
		}), "not rejected"},
		"a panic on a message to nobody": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			_ = m.Contact.Address[0]
			return sound(s).Send(ctx, m)
		}), "invalid memory address"},
		"another spelling that is not declared": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			sent, err := sound(s).Send(ctx, m)
			sent.Address = "0055"
			return sent, err
		}), "Confirms.Aliases is not set"},
	})
}
