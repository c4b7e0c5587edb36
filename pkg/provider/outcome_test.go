package provider_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
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
		{name: "final", err: provider.Reject(reason.Untranslated("blocked"), cause), class: result.Rejected, reason: "blocked", text: "blocked: cause"},
		{name: "no cause", err: provider.Reject(reason.Untranslated("blocked"), nil), class: result.Rejected, reason: "blocked", text: "blocked"},
		{
			name: "wait", err: provider.Wait(31*time.Second, provider.Account, cause), class: result.Waiting,
			reason: "the network asked to wait 31s", text: "the network asked to wait 31s: cause", after: 31 * time.Second, scope: provider.Account,
		},
		{
			name: "wait for no time", err: provider.Wait(-time.Hour, provider.Channel, nil), class: result.Waiting,
			reason: "the network asked to wait 1s", text: "the network asked to wait 1s", after: time.Second, scope: provider.Channel,
		},
		{name: "suspend", err: provider.Suspend(reason.Untranslated("bad token"), cause), class: result.Suspended, reason: "bad token", text: "bad token: cause"},
		{name: "uncertain", err: provider.Uncertain(cause), class: result.Uncertain, reason: "the network's answer does not say what became of it", text: "the network's answer does not say what became of it: cause"},
		{name: "temporary", err: provider.Temporary(reason.Untranslated("away"), cause), class: result.Retry, reason: "away", text: "away: cause"},
		{name: "temporary within a bound", err: provider.TemporaryFor(time.Minute, reason.Untranslated("away"), cause), class: result.Retry, reason: "away", text: "away: cause", within: time.Minute},
		{name: "wrapped", err: fmt.Errorf("send: %w", provider.Reject(reason.Untranslated("blocked"), cause)), class: result.Rejected, reason: "blocked", text: "blocked: cause"},
		{name: "the outer of two", err: provider.Temporary(reason.Untranslated("away"), provider.Uncertain(cause)), class: result.Retry, reason: "away", text: "away: the network's answer does not say what became of it: cause"},
		{
			name: "nobody classified it", err: cause, class: result.Retry, reason: "an error inside the bridge", text: "an error inside the bridge: cause",
			within: 15 * time.Minute,
		},
	} {
		f := provider.Classify(test.err)
		if f.Class != test.class || f.Reason.String() != test.reason || f.After != test.after || f.Within != test.within || f.Scope != test.scope || f.Error() != test.text {
			t.Errorf("%s: %+v: %v", test.name, *f, f)
		}
		if test.name != "no cause" && test.name != "wait for no time" && !errors.Is(f, cause) {
			t.Errorf("%s: the cause is lost", test.name)
		}
	}
	if provider.Classify(nil) != nil {
		t.Error("no error is a failure")
	}
}
