package outbound

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/inbound"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// Playing is a sender on its stage. What it hears is read by the rules for calls.
type Playing struct {
	*stage.Stage
	Reading *inbound.Reading
}

// Play plays an act of the sender, the n-th of its conversation from 0, and compares its requests and its outcome.
func (s Playing) Play(r stage.Reporter, a *conversation.Act, n int) {
	r.Helper()
	what := fmt.Sprintf("%s (%d)", a.Name, n+1)
	got, err := s.Act(r, a, a.Answers)
	if a.Name == "listen.json" {
		got = s.heard(r, err)
	}
	requests, surplus, unused := s.Server.Seen()
	if err := s.Server.Unsaid(); err != nil {
		r.Errorf("%s: an answer cannot be said: %v", what, err)
	}
	if surplus > 0 {
		r.Errorf("%s: %d requests without an answer, the first: %s", what, surplus, requests[len(requests)-surplus])
		return
	}
	if unused > 0 {
		r.Errorf("%s: %d answers were not asked for", what, unused)
	}
	if *stage.Update {
		a.Requests = requests
	}
	for i := range max(len(requests), len(a.Requests)) {
		switch {
		case i >= len(requests):
			r.Errorf("%s: request %d was not made", what, i+1)
		case i >= len(a.Requests):
			r.Errorf("%s: request %d is not expected: %s", what, i+1, requests[i])
		default:
			stage.Compare(r, fmt.Sprintf("request %d of %s", i+1, what), &a.Requests[i], requests[i])
		}
	}
	stage.Compare(r, "outcome of "+what, &a.Expected, got)
	s.judge(r, what, err)
}

// judge holds for every failure.
func (s Playing) judge(r stage.Reporter, what string, err error) {
	r.Helper()
	if err == nil {
		return
	}
	s.Discreet(r, what, err)
	f, ok := errors.AsType[*outcome.Failure](err)
	switch {
	case !ok:
		r.Errorf("%s: the error is not classified: %v", what, err)
	case !s.Told(r, what, f.Reason):
	case f.Class == result.Waiting && f.After <= 0:
		r.Errorf("%s: waits for no time", what)
	}
}

// Hold holds an act to the rules, playing it again and again with other answers.
func (s Playing) Hold(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	if a.Name == "listen.json" {
		s.listening(r, a)
		return
	}
	s.faults(r, a)
	s.quotes(r, a)
	s.keyed(r, a)
	s.lost(r, a)
}
