package outcome_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

func TestErrorsAreClassified(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	for _, test := range []struct {
		name          string
		err           error
		class         result.Class
		reason, text  string
		after, within time.Duration
		scope         result.Scope
	}{
		{name: "final", err: outcome.Reject(reason.Untranslated("blocked"), cause), class: result.Rejected, reason: "blocked", text: "blocked: cause"},
		{name: "no cause", err: outcome.Reject(reason.Untranslated("blocked"), nil), class: result.Rejected, reason: "blocked", text: "blocked"},
		{
			name: "wait", err: outcome.Wait(31*time.Second, outcome.Account, cause), class: result.Waiting,
			reason: "the network asked to wait 31s", text: "the network asked to wait 31s: cause", after: 31 * time.Second, scope: outcome.Account,
		},
		{
			name: "wait for no time", err: outcome.Wait(-time.Hour, outcome.Channel, nil), class: result.Waiting,
			reason: "the network asked to wait 1s", text: "the network asked to wait 1s", after: time.Second, scope: outcome.Channel,
		},
		{name: "suspend", err: outcome.Suspend(reason.Untranslated("bad token"), cause), class: result.Suspended, reason: "bad token", text: "bad token: cause"},
		{name: "uncertain", err: outcome.Uncertain(cause), class: result.Uncertain, reason: "the network's answer does not say what became of it", text: "the network's answer does not say what became of it: cause"},
		{name: "temporary", err: outcome.Temporary(reason.Untranslated("away"), cause), class: result.Retry, reason: "away", text: "away: cause"},
		{name: "temporary within a bound", err: outcome.TemporaryFor(time.Minute, reason.Untranslated("away"), cause), class: result.Retry, reason: "away", text: "away: cause", within: time.Minute},
		{name: "wrapped", err: fmt.Errorf("send: %w", outcome.Reject(reason.Untranslated("blocked"), cause)), class: result.Rejected, reason: "blocked", text: "blocked: cause"},
		{name: "the outer of two", err: outcome.Temporary(reason.Untranslated("away"), outcome.Uncertain(cause)), class: result.Retry, reason: "away", text: "away: the network's answer does not say what became of it: cause"},
		{
			name: "nobody classified it", err: cause, class: result.Retry, reason: "an error inside the bridge", text: "an error inside the bridge: cause",
			within: 15 * time.Minute,
		},
	} {
		f := outcome.Classify(test.err)
		if f.Class != test.class || f.Reason.String() != test.reason || f.After != test.after || f.Within != test.within || f.Scope != test.scope || f.Error() != test.text {
			t.Errorf("%s: %+v: %v", test.name, *f, f)
		}
		if test.name != "no cause" && test.name != "wait for no time" && !errors.Is(f, cause) {
			t.Errorf("%s: the cause is lost", test.name)
		}
	}
	if outcome.Classify(nil) != nil {
		t.Error("no error is a failure")
	}
}
