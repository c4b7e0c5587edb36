package delivery

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
)

// quietly is a dispatcher with channels of which two share an account, a and b, and many are idle.
func quietly(t *testing.T, c Config) *dispatcher {
	t.Helper()
	all := []Channel{{Network: "testnet", ID: "a", Account: "one"}, {Network: "testnet", ID: "b", Account: "one"}}
	for i := range 1000 {
		all = append(all, Channel{Network: "testnet", ID: fmt.Sprintf("idle%d", i), Account: fmt.Sprintf("idle%d", i)})
	}
	c.Far, c.Channels, c.Concurrency = "testnet", NewChannels(all...), 64
	d := newDispatcher(nil, &c)
	d.change(t.Context())
	return d
}

// use notes something in a channel's sender.
func (d *dispatcher) use(channel string, do func(*sender)) {
	s := d.hold(channel)
	defer d.release(s)
	do(s)
}

// take takes a send of a contact, and says how long it has to wait.
func (d *dispatcher) take(channel, lane string) (wait time.Duration) {
	d.use(channel, func(s *sender) { wait, _ = s.takePlaces(&message{&consume.Entry{Lane: lane}, &history{}}, s.now()) })
	return wait
}

// TestAnIdleChannelHasNoSender: neither before anything waits for it, nor once nothing is known of it any more; what is known is kept
// until then.
func TestAnIdleChannelHasNoSender(t *testing.T) {
	t.Parallel()
	rate := result.Rate{Sends: 1, Per: time.Minute}
	for name, test := range map[string]struct {
		config Config
		begin  func(*dispatcher, *sender)
		end    func(*sender) // nil where it ends by itself, within an hour
	}{
		"nothing":                   {begin: func(*dispatcher, *sender) {}, end: func(*sender) {}},
		"a channel's rate":          {config: Config{PerChannel: rate}, begin: func(d *dispatcher, _ *sender) { d.take("a", "ann") }},
		"a contact's rate":          {config: Config{PerContact: rate}, begin: func(d *dispatcher, _ *sender) { d.take("a", "ann") }},
		"a wait of the channel":     {begin: func(_ *dispatcher, s *sender) { s.HoldOff(time.Minute, reason.ToldToWait) }},
		"a message between tries":   {begin: func(_ *dispatcher, s *sender) { s.remember("k") }, end: func(s *sender) { s.forget("k") }},
		"a pause":                   {begin: func(_ *dispatcher, s *sender) { s.gate.Pause(gate.Hold{Why: reason.Paused}) }, end: func(s *sender) { s.gate.Unpause(time.Now()) }},
		"a suspension":              {begin: func(_ *dispatcher, s *sender) { s.gate.Suspend(gate.Suspension{}, time.Now()) }, end: func(s *sender) { s.gate.Resume(time.Now()) }},
		"failures in a row":         {begin: func(_ *dispatcher, s *sender) { s.gate.Failed("ann", time.Now()) }, end: func(s *sender) { s.gate.Answered("ann", time.Now()) }},
		"a refusal":                 {begin: func(_ *dispatcher, s *sender) { s.gate.Refused("ann", false) }, end: func(s *sender) { s.gate.Taken("ann") }},
		"a message that was taken":  {begin: func(_ *dispatcher, s *sender) { s.takenAt = time.Now() }},
		"a channel that is removed": {begin: func(_ *dispatcher, s *sender) { s.removed = true }, end: func(s *sender) { s.removed = false }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := quietly(t, test.config)
				if len(d.senders)+len(d.accounts) > 0 {
					t.Fatalf("%d senders and %d accounts before anything happens", len(d.senders), len(d.accounts))
				}
				d.use("a", func(s *sender) {
					test.begin(d, s)
					d.forget(time.Now())
					if d.senders["a"] != s {
						t.Error("forgotten while it is used")
					}
				})
				s := d.senders["a"]
				d.forget(time.Now())
				if known := d.senders["a"] == s; known == (name == "nothing") {
					t.Fatalf("known is %v", known)
				}
				if test.end == nil {
					time.Sleep(time.Hour)
				} else {
					test.end(s)
				}
				d.forget(time.Now())
				if len(d.senders)+len(d.accounts) > 0 {
					t.Errorf("%d senders and %d accounts when nothing is known any more", len(d.senders), len(d.accounts))
				}
			})
		})
	}
}

// TestARateIsExactThoughSendersAreForgotten: however often a channel is idle in between.
func TestARateIsExactThoughSendersAreForgotten(t *testing.T) {
	t.Parallel()
	const sends = 10
	rate := result.Rate{Sends: sends, Per: time.Minute}
	for name, c := range map[string]Config{"channel": {PerChannel: rate}, "contact": {PerContact: rate}, "account": {PerAccount: rate}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := quietly(t, c)
				begun, sent := time.Now(), 0
				for range 600 {
					channel := "a"
					if name == "account" && sent%2 == 1 {
						channel = "b"
					}
					wait := d.take(channel, "ann")
					time.Sleep(wait)
					sent++
					d.forget(time.Now())
					if sent%50 == 0 {
						time.Sleep(7 * time.Second)
						d.forget(time.Now())
					}
					if most := sends + int(time.Since(begun).Minutes()*sends); sent > most+1 {
						t.Fatalf("%d sent after %s, at most %d are allowed", sent, time.Since(begun), most)
					}
				}
			})
		})
	}
}

// TestAWaitOfTheAccountHoldsWhoComesLater: a channel on which nothing happened when another of its account was told to wait, also where
// that one is not configured any more.
func TestAWaitOfTheAccountHoldsWhoComesLater(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*dispatcher){
		"the first is there": func(*dispatcher) {},
		"the first is removed": func(d *dispatcher) {
			all, _ := d.config.Channels.Get()
			d.config.Channels.Set(slices.DeleteFunc(slices.Clone(all), func(c Channel) bool { return c.ID == "a" }))
			d.change(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := quietly(t, Config{})
				d.use("a", func(s *sender) { s.now().account.HoldOff(time.Minute, reason.ToldToWait) })
				time.Sleep(20 * time.Second)
				meanwhile(d)
				d.forget(time.Now())
				d.use("b", func(s *sender) {
					if told := s.gate.Told(); time.Until(told.Until) != 40*time.Second || told.Why.Code() != reason.ToldToWait.Code() {
						t.Errorf("it waits for %s: %v", time.Until(told.Until), told.Why)
					}
				})
				time.Sleep(time.Minute)
				d.forget(time.Now())
				d.use("b", func(s *sender) {
					if left := time.Until(s.gate.Told().Until); left > 0 {
						t.Errorf("it waits for %s", left)
					}
				})
			})
		})
	}
}
