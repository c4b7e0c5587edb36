package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// actTimeout bounds one act; a network that hangs in it is at fault.
const actTimeout = 30 * time.Second

// send plays an act of the sender and compares its requests and its outcome.
func (s *stage) send(r reporter, a *act, n int) {
	r.Helper()
	what := fmt.Sprintf("%s (%d)", a.name, n+1)
	outcome, err := s.act(r, a, a.answers)
	requests, surplus, unused := s.server.seen()
	if surplus > 0 {
		r.Errorf("%s: %d requests without an answer, the first: %s", what, surplus, requests[len(requests)-surplus])
		return
	}
	if unused > 0 {
		r.Errorf("%s: %d answers were not asked for", what, unused)
	}
	if *update {
		a.requests = requests
	}
	for i := range max(len(requests), len(a.requests)) {
		switch {
		case i >= len(requests):
			r.Errorf("%s: request %d was not made", what, i+1)
		case i >= len(a.requests):
			r.Errorf("%s: request %d is not expected: %s", what, i+1, requests[i])
		default:
			compare(r, fmt.Sprintf("request %d of %s", i+1, what), &a.requests[i], requests[i])
		}
	}
	compare(r, "outcome of "+what, &a.expected, outcome)
	s.judge(r, what, err)
}

// judge holds for every failure.
func (s *stage) judge(r reporter, what string, err error) {
	r.Helper()
	if err == nil {
		return
	}
	s.discreet(r, what, err)
	f, ok := errors.AsType[*provider.Failure](err)
	switch {
	case !ok:
		r.Errorf("%s: the error is not classified: %v", what, err)
	case f.Reason == "":
		r.Errorf("%s: the failure has no reason", what)
	case f.Class == provider.Waiting && f.After <= 0:
		r.Errorf("%s: waits for no time", what)
	}
}

// act runs an act against these answers and renders its outcome.
func (s *stage) act(r reporter, a *act, answers []string) (outcome string, err error) {
	r.Helper()
	s.server.expect(answers)
	ctx, cancel := context.WithTimeout(context.Background(), actTimeout)
	defer cancel()
	v := map[string]any{}
	panicked := s.within(ctx, a, answers, func(ctx context.Context) { err = s.do(ctx, a, v) })
	if panicked != nil {
		r.Errorf("%s: %v", a.name, panicked)
		return indent(map[string]any{"panic": true}), nil
	}
	if a.name == "listen.json" {
		return s.heard.outcome(r, s, err), err
	}
	if err != nil {
		return indent(failure(err)), err
	}
	return strings.ReplaceAll(indent(v), s.server.url(), "<server>"), nil
}

// within runs the network's code. A request that is left unanswered ends the context, and what runs has to end with it.
func (s *stage) within(ctx context.Context, a *act, answers []string, run func(context.Context)) error {
	if a.name == "listen.json" || !slices.Contains(answers, "hold") {
		return guard(func() { run(ctx) })
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.server.onHold(stop)
	done := make(chan error, 1)
	go func() { done <- guard(func() { run(ctx) }) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		s.server.close() // what still runs ends with its connection
		<-done
		return errors.New("does not end with its context")
	}
}

var errAlias = provider.Reject("an address of another spelling was answered, and Confirms.Aliases is not set", nil)

var errUnable = errors.New("the sender has no such ability")

func (s *stage) do(ctx context.Context, a *act, v map[string]any) error {
	input := []byte(s.fill(a.input))
	switch a.name {
	case "message.json":
		var m messagev1.Message
		if err := protojson.Unmarshal(input, &m); err != nil {
			return fmt.Errorf("message.json: %w", err)
		}
		s.keepPrivate("the contact's address", m.GetContact().GetAddress())
		s.keepPrivate("the message's text", m.GetContent().GetText().GetBody())
		s.keepPrivate("the message's caption", m.GetContent().GetAttachment().GetCaption())
		s.keepPrivate("the file's address", m.GetContent().GetAttachment().GetUrl())
		s.keepPrivate("the quick reply's title", m.GetContent().GetQuickReply().GetTitle())
		sent, err := s.sender.Send(ctx, &m)
		err = provider.Explain(err, &m, s.account)
		v["ref"] = sent.Ref
		if sent.Address != "" {
			v["address"] = sent.Address
		}
		if err == nil && sent.Address != "" && s.network.Describe().Confirms.Aliases == "" {
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
		setter, ok := s.sender.(provider.Setter)
		if !ok {
			return errUnable
		}
		todo, err := setter.Setup(ctx, in.URL)
		v["todo"] = todo
		return err
	case "listen.json":
		s.heard = &ear{}
		var in struct {
			Cursor string `json:"cursor"`
		}
		if err := json.Unmarshal(input, &in); err != nil {
			return fmt.Errorf("listen.json: %w", err)
		}
		return s.listen(ctx, in.Cursor)
	default:
		checker, ok := s.sender.(provider.Checker)
		if !ok {
			return errUnable
		}
		return checker.Check(ctx)
	}
}

func (s *stage) fetch(ctx context.Context, input []byte, v map[string]any) error {
	var a messagev1.Attachment
	if err := protojson.Unmarshal(input, &a); err != nil {
		return fmt.Errorf("fetch.json: %w", err)
	}
	fetcher, ok := s.sender.(provider.Fetcher)
	if !ok {
		return errUnable
	}
	file, err := fetcher.Fetch(ctx, &a)
	if err != nil {
		return err
	}
	defer file.Body.Close()
	body := io.Reader(file.Body)
	if !s.raw {
		if body, err = provider.Examine(&a, file); err != nil {
			return err
		}
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return provider.Temporary("the file broke off", err)
	}
	v["media_type"], v["name"], v["size"] = file.MediaType, file.Name, len(data)
	if utf8.Valid(data) {
		v["body"] = string(data)
	}
	return nil
}

var classes = map[provider.Class]string{
	provider.Retry: "retry", provider.Rejected: "rejected", provider.Waiting: "waiting", provider.Suspended: "suspended",
	provider.Unknown: "uncertain",
}

var scopes = map[provider.Scope]string{provider.Contact: "contact", provider.Channel: "channel", provider.Account: "account"}

func failure(err error) map[string]any {
	f := provider.Classify(err)
	v := map[string]any{"class": classes[f.Class], "reason": f.Reason}
	if f.After > 0 {
		v["after"] = f.After.String()
	}
	if f.Class == provider.Waiting {
		v["scope"] = scopes[f.Scope]
	}
	if f.Within > 0 {
		v["within"] = f.Within.String()
	}
	return v
}
