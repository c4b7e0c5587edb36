package delivery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// alone is a delivery to a far end that never takes the message "poison", and answers it with this.
func alone(n *network, v result.Result) delivery.Config {
	n.Judge = func(_ int, m *messagev1.Message) result.Result {
		if m.GetId() == "poison" {
			return v
		}
		return result.Result{Class: result.Sent}
	}
	d := config(n)
	d.RefusedAlone, d.FailedAlone = 500*time.Millisecond, 500*time.Millisecond
	return d
}

// TestOneMessageThatIsNeverTakenEnds: whatever it is answered with, while others are taken it ends with a reason, its
// contact goes on, and the channel is not suspended.
func TestOneMessageThatIsNeverTakenEnds(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]result.Result{
		"refused as if the credential were no good": {Class: result.Suspended, Reason: reason.Untranslated("the platform refuses the channel (403)")},
		"out of order":     {Class: result.Retry, Reason: reason.Untranslated("the platform is out of order (500)")},
		"never answered":   {Class: result.Uncertain, Reason: reason.Untranslated("the network did not answer")},
		"told a pause too": {Class: result.Retry, Reason: reason.Untranslated("the platform is out of order (503)"), After: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, far)
			b := s.Connect("egress-testnet")
			n := &network{}
			publish(t, b, post(event("poison", "ann", 0, 1)))
			publish(t, b, post(event("behind", "ann", 0, 1)))
			start(t, b, alone(n, v))
			others := 0
			eventually(t, "it ends", func() bool {
				publish(t, b, post(event(fmt.Sprintf("m%d", others), fmt.Sprintf("c%d", others%3), 0, 1)))
				others++
				time.Sleep(20 * time.Millisecond)
				_, last := records(t, s, "poison-0-0")
				return last.GetResult() == eventv1.Result_RESULT_FAILED
			})
			if _, last := records(t, s, "poison-0-0"); !strings.Contains(last.GetReason(), v.Reason.String()) {
				t.Errorf("reason %q", last.GetReason())
			}
			eventually(t, "all others are taken", func() bool { return n.Total() == others+1 })
			if _, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "state."+far+"."+channel); err == nil {
				t.Error("the channel is suspended")
			}
			if dead := s.Stored(topology.Dead.Name, 0); len(dead) != 1 {
				t.Errorf("%d dead letters, want 1", len(dead))
			}
		})
	}
}

// TestAMessageThatIsNotTakenWhereNobodyIsKeepsWaiting: an outage gives nothing up, however long it lasts.
func TestAMessageThatIsNotTakenWhereNobodyIsKeepsWaiting(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	d := alone(n, result.Result{Class: result.Suspended, Reason: reason.Untranslated("403")})
	d.RefusedAlone = time.Nanosecond
	publish(t, b, post(event("poison", "ann", 0, 1)))
	start(t, b, d)
	eventually(t, "several tries", func() bool { n.Lock(); defer n.Unlock(); return n.Calls >= aloneTries })
	if all, last := records(t, s, "poison-0-0"); last.GetResult() == eventv1.Result_RESULT_FAILED {
		t.Errorf("it was given up: %v", all)
	}
}

// aloneTries are more than would end a message while others are taken.
const aloneTries = 4

// TestAnotherContactProbesASuspendedChannel: a channel that looks suspended because of one contact's message goes on
// with the next contact's, not with a new credential.
func TestAnotherContactProbesASuspendedChannel(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	suspended := func() bool {
		_, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "state."+far+"."+channel)
		return err == nil
	}
	d := alone(n, result.Result{Class: result.Suspended, Reason: reason.Untranslated("403")})
	d.RefusedAlone = time.Hour
	publish(t, b, post(event("poison", "ann", 0, 1)))
	start(t, b, d)
	eventually(t, "the channel is suspended: nobody got through", suspended)
	for i := range 20 {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i%10), 0, 1)))
	}
	eventually(t, "all others are taken", func() bool { return n.Total() == 20 })
	eventually(t, "the channel is resumed", func() bool { return !suspended() })
}

// TestCredentialsThatAreRefusedOutsideOfASendSuspend the channel before its first message, which is its probe; those that the channel has no
// more do not.
func TestCredentialsThatAreRefusedOutsideOfASendSuspend(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	d := config(n)
	suspended := func() bool {
		_, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "state."+far+"."+channel)
		return err == nil
	}
	refused := result.Result{Class: result.Suspended, Reason: reason.CredentialRefused}
	d.Channels.Refuse(channel, "c1", refused) // before this process sends for it
	start(t, b, d)
	eventually(t, "the channel is suspended", suspended)
	publish(t, b, post(event("m1", "ann", 0, 1)))
	eventually(t, "the first message is the probe, and is taken", func() bool { return n.Total() == 1 && !suspended() })
	d.Channels.Refuse(channel, "c0", refused)
	publish(t, b, post(event("m2", "ann", 0, 1)))
	eventually(t, "the next is taken", func() bool { return n.Total() == 2 })
	if suspended() {
		t.Error("credentials that it has no more suspend it")
	}
	d.Channels.Refuse(channel, "c1", refused) // while it sends for it
	eventually(t, "the channel is suspended again", suspended)
	d.Channels.Accept(channel, "c1")
	eventually(t, "the channel is resumed without a message", func() bool { return !suspended() })
}
