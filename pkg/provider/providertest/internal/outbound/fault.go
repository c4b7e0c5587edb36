package outbound

import (
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// faults plays an act that succeeded again, each time with one other answer. The last one decides: it is the one that
// told the ref. An earlier one may be of a request that can be done without.
func (s Playing) faults(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	if !a.Succeeds() || len(a.Answers) == 0 {
		return
	}
	for i, answer := range a.Answers {
		faults := s.Faults
		if !stage.OverHTTP(answer, s.Peer != nil) {
			faults = s.SocketFaults
		}
		for _, f := range faults {
			if !f.Sends || a.Name == "message.json" {
				s.fault(r, a, f, i)
			}
		}
	}
}

func (s Playing) fault(r stage.Reporter, a *conversation.Act, f stage.Fault, at int) {
	r.Helper()
	answers := slices.Clone(a.Answers)
	answers[at] = f.Answer
	if f.Breaks {
		answers[at] += "\n" + a.Answers[at]
	}
	what := a.Name + " with " + f.Name
	// whoever asks for another token upon a 401 is answered the same
	_, err, ok := s.retryWith(r, a, answers, func(fresh *stage.Stage) { fresh.Server.Repeat = true })
	switch {
	case !ok:
	case err == nil && at == len(answers)-1:
		r.Errorf("%s: %s is taken for success", a.Name, f.Name)
	case err == nil:
	default:
		s.judge(r, what, err)
		right := f.Right
		if a.Name != "message.json" && slices.Contains(right, result.Uncertain) {
			right = append(slices.Clone(right), result.Retry) // it may be repeated
		}
		if a.Name == "fetch.json" { // it is tried for a minute, and links to files have credentials of their own
			right = append(slices.Clone(right), result.Retry)
			if slices.Contains(right, result.Suspended) {
				right = append(right, result.Rejected)
			}
		}
		failed := outcome.Classify(err)
		switch {
		case at < len(answers)-1:
		case !slices.Contains(right, failed.Class):
			r.Errorf("%s: %s is %s", a.Name, f.Name, conversation.Class(failed.Class))
		case f.After > 0 && failed.Class == result.Waiting && (failed.After < f.After || failed.After > f.After+time.Second):
			r.Errorf("%s: %s of %s waits for %s", a.Name, f.Name, f.After, failed.After)
		}
	}
}

// retry plays an act for itself, as it was when the conversation came to it, against other answers.
func (s Playing) retry(r stage.Reporter, a *conversation.Act, answers []string) (requests []string, err error, ok bool) {
	r.Helper()
	return s.retryWith(r, a, answers, func(*stage.Stage) {})
}

// retryWith is retry on a stage that something befell.
func (s Playing) retryWith(r stage.Reporter, a *conversation.Act, answers []string, befalls func(*stage.Stage)) (requests []string, err error, ok bool) {
	r.Helper()
	fresh, err := s.Again()
	if err != nil {
		r.Errorf("%s: %v", a.Name, err)
		return nil, nil, false
	}
	defer fresh.Close()
	fresh.Raw = true
	fresh.Replies.CopyFrom(&a.Before)
	fresh.State.CopyFrom(&a.Kept)
	befalls(fresh)
	heard := stage.Note(r)
	_, err = fresh.Act(heard, a, answers)
	requests, _, _ = fresh.Server.Seen()
	return requests, err, !heard.Any
}
