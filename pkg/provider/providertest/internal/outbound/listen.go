package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing/synctest"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
)

// heard renders what was stored, each call as Receive reads it, and what ended it.
func (s Playing) heard(r stage.Reporter, err error) string {
	r.Helper()
	v := map[string]any{}
	if err != nil {
		maps.Copy(v, conversation.Failure(err))
	}
	var all []any
	for _, one := range s.Heard.Stored {
		var heard []any
		for _, h := range one.Heard {
			call := webhook.Call{Suffix: h.Suffix, Body: h.Body}
			if policy := s.Network.Describe().Webhook; policy != nil {
				if key := policy.Dedupe.Find(call); key != "" && key != h.Key {
					r.Errorf("listen.json: a call is heard as %q, and as a webhook's it is %q", h.Key, key)
				}
			}
			heard = append(heard, map[string]any{"key": h.Key, "events": json.RawMessage(s.Reading.Read(r, "what was heard as "+h.Key, call))})
		}
		all = append(all, map[string]any{"cursor": one.Cursor, "heard": heard})
	}
	if all != nil {
		v["stored"] = all
	}
	return conversation.Indent(v)
}

// listening holds who listens to the rules: the conversation again, each time with a store that fails at another call.
func (s Playing) listening(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	whole, ok := s.hear(r, a, 0)
	if !ok {
		return
	}
	cursor, trailing := "", 0
	for _, one := range whole.Stored {
		if trailing += len(one.Heard); one.Cursor != "" {
			cursor, trailing = one.Cursor, 0
		}
	}
	if cursor != "" && trailing > 0 {
		r.Errorf("listen.json: the cursor is moved before what it covers is stored")
	}
	for failAt := 1; failAt <= len(whole.Stored); failAt++ {
		if e, ok := s.hear(r, a, failAt); ok && e.After > 0 {
			r.Errorf("listen.json: stores on after what could not be stored")
		}
	}
}

// hear plays a listen.json for itself.
func (s Playing) hear(r stage.Reporter, a *conversation.Act, failAt int) (*stage.Ear, bool) {
	r.Helper()
	fresh, err := s.Again()
	if err != nil {
		r.Errorf("listen.json: %v", err)
		return nil, false
	}
	defer fresh.Close()
	var in struct {
		Cursor string `json:"cursor"`
	}
	if json.Unmarshal([]byte(fresh.Fill(a.Input)), &in) != nil {
		return nil, false // reported
	}
	asked := 0
	fresh.Heard = &stage.Ear{FailAt: failAt, Failed: func() {
		synctest.Wait() // what was said before has been heard
		asked = fresh.Server.Asked()
	}}
	fresh.Server.Expect(a.Answers)
	ctx, cancel := context.WithTimeout(context.Background(), stage.ActTimeout)
	defer cancel()
	e := fresh.Heard
	err = fresh.Listen(ctx, in.Cursor)
	synctest.Wait() // what was said last has been heard
	switch {
	case errors.Is(err, stage.ErrDeaf):
		return nil, false // reported
	case failAt == 0 || e.Failed != nil:
		return e, true
	case fresh.Server.Asked() > asked:
		s.askedOn(r, fresh, a, asked)
	case !errors.Is(err, stage.ErrNotStored):
		r.Errorf("listen.json: what could not be stored is not its error, but %v", err)
	}
	return e, true
}

// askedOn reports what a network is told once something could not be stored: nothing, or over a socket only what it is not told
// of what is stored.
func (s Playing) askedOn(r stage.Reporter, fresh *stage.Stage, a *conversation.Act, asked int) {
	r.Helper()
	requests, _, _ := fresh.Server.Seen()
	for i, request := range requests[asked:] {
		switch over := asked + i; {
		case over < len(a.Answers) && stage.OverHTTP(a.Answers[over], s.Peer != nil):
			r.Errorf("listen.json: asks the network on after what was heard could not be stored")
			return
		case over < len(a.Requests) && strings.TrimSpace(a.Requests[over]) == strings.TrimSpace(request):
			r.Errorf("listen.json: tells the network of what could not be stored what it tells of what is stored: %s", request)
			return
		}
	}
}
