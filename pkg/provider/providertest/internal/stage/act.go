package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/fetched"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/reason"
)

// ActTimeout bounds one act; a network that hangs in it is at fault.
const ActTimeout = 30 * time.Second

// Act runs an act against these answers and renders its outcome.
func (s *Stage) Act(r Reporter, a *conversation.Act, answers []string) (rendered string, err error) {
	r.Helper()
	s.Server.Expect(answers)
	ctx, cancel := context.WithTimeout(context.Background(), ActTimeout)
	defer cancel()
	v := map[string]any{}
	var waited time.Duration
	s.Raised = nil
	panicked := s.within(ctx, a, answers, func(ctx context.Context) {
		defer s.listening(r, ctx, a)()
		begun := time.Now()
		err = s.do(ctx, a, v)
		waited = time.Since(begun)
	})
	if s.Peer != nil {
		synctest.Wait() // what was said last has been heard
	}
	s.kept(r, a.Name)
	if panicked != nil {
		r.Errorf("%s: %v", a.Name, panicked)
		return conversation.Indent(map[string]any{"panic": true}), nil
	}
	if a.Name == "listen.json" {
		return "", err
	}
	s.awake(r, a, waited)
	if s.Raised == nil {
		s.Raised = err
	}
	if err != nil {
		return conversation.Indent(conversation.Failure(err)), err
	}
	return strings.ReplaceAll(conversation.Indent(v), s.Server.URL(), "<server>"), nil
}

// awake reports who has waited: only a timer moves the time of a [Bubble], and none of the client's ends meanwhile. It is
// said once of an act, whatever the answers.
func (s *Stage) awake(r Reporter, a *conversation.Act, waited time.Duration) {
	r.Helper()
	if waited > breath && !s.slept[a.Input] {
		s.slept[a.Input] = true
		r.Errorf("%s: the network's code waits for %s by itself: it is the SDK that waits, as Wait or Temporary tell it", a.Name, waited)
	}
}

// within runs the network's code. A request that is left unanswered ends the context, and what runs has to end with it.
func (s *Stage) within(ctx context.Context, a *conversation.Act, answers []string, run func(context.Context)) error {
	if a.Name == "listen.json" || !slices.Contains(answers, "hold") {
		return Guard(func() { run(ctx) })
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.Server.OnHold(stop)
	done := make(chan error, 1)
	go func() { done <- Guard(func() { run(ctx) }) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		s.Server.close() // what still runs ends with its connection
		<-done
		return errors.New("does not end with its context")
	}
}

var errAlias = outcome.Reject(reason.Untranslated("an address of another spelling was answered, and Confirms.Aliases is not set"), nil)

// ErrUnable is the outcome of an act that the sender has no method for.
var ErrUnable = errors.New("the sender has no such ability")

func (s *Stage) do(ctx context.Context, a *conversation.Act, v map[string]any) error {
	input := []byte(s.Fill(a.Input))
	switch a.Name {
	case "message.json":
		var m messagev1.Message
		if err := protojson.Unmarshal(input, &m); err != nil {
			return fmt.Errorf("message.json: %w", err)
		}
		s.KeepPrivate("the contact's address", m.GetContact().GetAddress())
		s.KeepPrivate("the message's text", m.GetContent().GetText().GetBody())
		s.KeepPrivate("the message's caption", m.GetContent().GetAttachment().GetCaption())
		s.KeepPrivate("the file's address", m.GetContent().GetAttachment().GetUrl())
		s.KeepPrivate("the quick reply's title", m.GetContent().GetQuickReply().GetTitle())
		sent, err := s.Sender.Send(ctx, &m)
		s.Raised = err
		err = outcome.Explain(err, &m, s.Account)
		v["ref"] = sent.Ref
		if sent.Address != "" {
			v["address"] = sent.Address
		}
		if err == nil && sent.Address != "" && s.Network.Describe().Confirms.Aliases == "" {
			return errAlias
		}
		return err
	case "fetch.json":
		return s.fetch(ctx, input, v)
	case "setup.json":
		var in struct {
			URL string `json:"webhook_url"`
		}
		if err := json.Unmarshal(input, &in); err != nil {
			return fmt.Errorf("setup.json: %w", err)
		}
		setter, ok := s.Sender.(provider.Setter)
		if !ok {
			return ErrUnable
		}
		todo, err := setter.Setup(ctx, in.URL)
		v["todo"] = todo
		return err
	case "listen.json":
		s.Heard = &Ear{}
		var in struct {
			Cursor string `json:"cursor"`
		}
		if err := json.Unmarshal(input, &in); err != nil {
			return fmt.Errorf("listen.json: %w", err)
		}
		return s.Listen(ctx, in.Cursor)
	default:
		checker, ok := s.Sender.(provider.Checker)
		if !ok {
			return ErrUnable
		}
		return checker.Check(ctx)
	}
}

func (s *Stage) fetch(ctx context.Context, input []byte, v map[string]any) error {
	var a messagev1.Attachment
	if err := protojson.Unmarshal(input, &a); err != nil {
		return fmt.Errorf("fetch.json: %w", err)
	}
	fetcher, ok := s.Sender.(provider.Fetcher)
	if !ok {
		return ErrUnable
	}
	file, err := fetcher.Fetch(ctx, &a)
	if err != nil {
		return err
	}
	defer file.Body.Close()
	body := io.Reader(file.Body)
	if !s.Raw {
		whole, err := fetched.Examine(&a, file, provider.MaxFile)
		if err != nil {
			return err
		}
		body = whole.Body
	}
	data, err := io.ReadAll(body)
	if _, ok := errors.AsType[*outcome.Failure](err); ok {
		return err // the network says by itself why it broke off
	}
	if err != nil {
		return outcome.Temporary(reason.Untranslated("the file broke off"), err)
	}
	v["media_type"], v["name"], v["size"] = file.MediaType, file.Name, len(data)
	if utf8.Valid(data) {
		v["body"] = string(data)
	}
	return nil
}
