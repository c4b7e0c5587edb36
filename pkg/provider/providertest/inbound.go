package providertest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// receive plays a webhook call.
func (s *stage) receive(r reporter, a *act) {
	r.Helper()
	call, err := readCall(a)
	if err != nil {
		r.Errorf("%s: %v", a.name, err)
		return
	}
	got := s.read(r, a.name, call)
	compare(r, "events of "+a.name, &a.expected, got)
}

// read reads a call, holds what comes of it to the rules, and renders it.
func (s *stage) read(r reporter, what string, call webhook.Call) string {
	r.Helper()
	call.Network, call.Channel = s.network.Describe().Name, "channel"
	events, err := s.pure(r, what, call)
	for _, e := range events {
		s.keepPrivate("the contact's address", e.Contact.GetAddress())
		s.keepPrivate("the contact's first name", e.Contact.GetProfile().GetFirstName())
		s.keepPrivate("the contact's last name", e.Contact.GetProfile().GetLastName())
		s.keepPrivate("the message's text", e.Content.GetText().GetBody())
		s.keepPrivate("the message's caption", e.Content.GetAttachment().GetCaption())
	}
	s.discreet(r, what, err)
	for _, e := range events {
		s.discreet(r, what, reasonOf(e))
		if e.Reply != nil { // the conversation happens now, whatever the date it is written under
			s.replies.Say(e.Contact.GetAddress(), provider.Reply{Token: e.Reply.Token, Until: time.Now().Add(e.Reply.Until.Sub(call.AcceptedAt))})
		}
	}
	seen := map[string]bool{}
	for _, e := range events {
		problem := wrong(e)
		if problem == "" {
			problem = undeclared(e, s.network.Describe().Confirms)
		}
		if problem != "" {
			r.Errorf("%s: an event %s: %s", what, problem, renderEvents([]provider.Event{e}))
		}
		if e.Key != "" && seen[e.Key] {
			r.Errorf("%s: two events have the key %q", what, e.Key)
		}
		seen[e.Key] = true
		s.once(r, what, e)
	}
	s.mangle(r, what, call)
	s.batches(r, what, call)
	if err != nil {
		return renderError(err)
	}
	return renderEvents(events)
}

// stoodFor is what a key stood for, and under which account.
type stoodFor struct {
	account int
	meaning string
}

// once holds a key to one meaning also when the account was replaced: what came second would be dropped as a repeat.
func (s *stage) once(r reporter, what string, e provider.Event) {
	r.Helper()
	if e.Key == "" {
		return
	}
	now := stoodFor{s.replaced, e.Contact.GetAddress() + renderEvents([]provider.Event{{Content: e.Content, Receipt: e.Receipt}})}
	if before, known := s.told[e.Key]; known && before.account != now.account && before.meaning != now.meaning {
		r.Errorf("%s: the key %q stood for something else under the account before: it would be lost as a repeat", what, e.Key)
	}
	s.told[e.Key] = now
}

// pure calls Receive twice: the second time at another hour, and with what came before forgotten.
func (s *stage) pure(r reporter, what string, call webhook.Call) (events []provider.Event, err error) {
	r.Helper()
	before := clone(call)
	if panicked := guard(func() { events, err = provider.Receive(s.network, s.account, call) }); panicked != nil {
		r.Errorf("%s: Receive: %v", what, panicked)
		return nil, nil
	}
	if !reflect.DeepEqual(before, call) {
		r.Errorf("%s: Receive changes the call", what)
	}
	later := clone(before)
	later.AcceptedAt = later.AcceptedAt.Add(time.Hour)
	var again []provider.Event
	var errAgain error
	if panicked := guard(func() { again, errAgain = provider.Receive(s.network, s.account, later) }); panicked != nil {
		r.Errorf("%s: Receive, called again: %v", what, panicked)
		return events, err
	}
	if one, two := renderEvents(events)+renderError(err), renderEvents(again)+renderError(errAgain); one != two {
		r.Errorf("%s: Receive is not pure: first %s then %s", what, one, two)
	}
	return events, err
}

// reasonOf is why an event cannot be read, or is ignored: people see either.
func reasonOf(e provider.Event) error {
	if reason := e.Unreadable + e.Ignored; reason != "" {
		return errors.New(reason)
	}
	return nil
}

// wrong is what is wrong with an event.
func wrong(e provider.Event) string {
	meanings := 0
	for _, set := range []bool{e.Content != nil, e.Receipt != nil, e.Ignored != "", e.Unreadable != ""} {
		if set {
			meanings++
		}
	}
	switch {
	case meanings != 1:
		return fmt.Sprintf("has %d of content, receipt, unreadable and ignored", meanings)
	case e.Key == "" && e.Ignored == "" && e.Unreadable == "":
		return "has no key"
	case e.Content != nil && e.Contact.GetAddress() == "":
		return "has no contact"
	case e.Content != nil && e.Content.GetKind() == nil, e.Content.GetText() != nil && e.Content.GetText().GetBody() == "":
		return "has an empty content"
	case e.Receipt != nil && e.Receipt.Status == eventv1.Status_STATUS_UNSPECIFIED:
		return "is a receipt without a status"
	case e.Receipt != nil && e.Receipt.UpTo && (e.Contact.GetAddress() == "" || e.Receipt.Ref == "" && e.At.IsZero()):
		return "is a watermark without a contact, or without an end"
	case e.Receipt != nil && e.Receipt.Ref == "" && e.Receipt.OwnID == "" && !e.Receipt.UpTo:
		return "is a receipt that names no message"
	case e.Edits != "" && (!e.Edited || e.Edits == e.Key):
		return "edits a message and is no edit, or edits itself"
	case e.Reply != nil && (e.Content == nil || e.Reply.Until.IsZero()):
		return "has a reply without a message or an end"
	}
	if e.Content != nil {
		if _, err := proto.Marshal(e.Content); err != nil {
			return "cannot be stored: " + err.Error()
		}
	}
	if _, err := proto.Marshal(e.Contact); err != nil {
		return "cannot be stored: " + err.Error()
	}
	return ""
}

// undeclared is what an event says that the network does not declare.
func undeclared(e provider.Event, c provider.Confirms) string {
	switch {
	case e.Receipt != nil && c.Receipts == "":
		return "is a receipt, and Confirms.Receipts is not set"
	case e.Receipt != nil && e.Receipt.UpTo && c.Watermarks == "":
		return "is a watermark, and Confirms.Watermarks is not set"
	case e.Receipt != nil && e.Receipt.OwnID != "" && c.OwnID == "":
		return "hands our id back, and Confirms.OwnID is not set"
	case len(e.Contact.GetAliases()) > 0 && c.Aliases == "":
		return "has other addresses of the contact, and Confirms.Aliases is not set"
	}
	return ""
}

func readCall(a *act) (webhook.Call, error) {
	text := strings.TrimSuffix(a.input, "\n")
	call := webhook.Call{
		Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(text),
		AcceptedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	if a.name == "call.json" {
		return call, nil
	}
	head, body, _ := strings.Cut(text, "\n\n")
	line, headers, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(line, " ")
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(
		method + " " + target + " HTTP/1.1\r\nHost: bridge.example.com\r\n" + strings.ReplaceAll(headers, "\n", "\r\n") + "\r\n\r\n")))
	if err != nil {
		return call, err
	}
	call.Method, call.Suffix, call.Query, call.Header, call.Body = method, req.URL.EscapedPath(), req.URL.RawQuery, req.Header, []byte(body)
	if call.Suffix == "/" {
		call.Suffix = ""
	}
	return call, nil
}

func clone(c webhook.Call) webhook.Call {
	c.Header, c.Body = c.Header.Clone(), bytes.Clone(c.Body)
	return c
}

func renderError(err error) string {
	if err == nil {
		return ""
	}
	return indent(map[string]any{"error": err.Error()})
}

func renderEvents(events []provider.Event) string {
	list := []any{}
	for _, e := range events {
		v := map[string]any{}
		put := func(name string, value any, given bool) {
			if given {
				v[name] = value
			}
		}
		put("key", e.Key, e.Key != "")
		put("contact", canonical(e.Contact), e.Contact != nil)
		put("at", e.At.Format(time.RFC3339Nano), !e.At.IsZero())
		put("content", canonical(e.Content), e.Content != nil)
		put("edited", true, e.Edited)
		put("edits", e.Edits, e.Edits != "")
		put("echo", true, e.Echo)
		put("ref", e.Ref, e.Ref != "")
		put("account", e.Account, e.Account != "")
		put("unreadable", e.Unreadable, e.Unreadable != "")
		put("ignored", e.Ignored, e.Ignored != "")
		if p := e.Receipt; p != nil {
			receipt := map[string]any{"ref": p.Ref, "own_id": p.OwnID, "status": p.Status.String(), "reason": p.Reason}
			if p.UpTo {
				receipt["up_to"] = true
			}
			v["receipt"] = receipt
		}
		if p := e.Reply; p != nil {
			v["reply"] = map[string]any{"token": p.Token, "until": p.Until.Format(time.RFC3339Nano)}
		}
		list = append(list, v)
	}
	return indent(list)
}

// canonical is a message as plain JSON; protojson's own spacing changes from build to build.
func canonical(m proto.Message) any {
	data, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		return err.Error()
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil && err != io.EOF {
		return err.Error()
	}
	return v
}
