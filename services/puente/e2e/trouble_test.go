package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
)

func TestOneContactToldToWaitDelaysNoOther(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.a.Flood(1, 6*time.Second)
	began := time.Now()
	br.sendText(tokenA, "A", 1, marker+" uno")
	br.sendText(tokenA, "A", 1, marker+" dos")
	br.sendText(tokenA, "A", 2, marker+" otro")
	if _, err := br.a.Wait(t.Context(), 2, 1); err != nil {
		t.Fatal(err)
	}
	if len(br.a.Messages(1)) > 0 {
		t.Error("the flooded contact was sent to before the other")
	}
	got, err := br.a.Wait(t.Context(), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{marker + " uno", marker + " dos"}, texts(got)); diff != "" {
		t.Error(diff)
	}
	refused := 0
	for _, c := range br.a.Calls() {
		if c.Chat == 1 && c.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 1 || got[0].At.Before(began.Add(5*time.Second)) {
		t.Errorf("told to wait %d times, sent after %s: want once, after 6 s", refused, got[0].At.Sub(began))
	}
}

func TestABlockedBotFailsOnceWithTheReason(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.a.Block(3, true)
	mID := br.sendText(tokenA, "A", 3, marker)
	eventually(t, "failed", func() bool { return len(br.platform.statuses(mID)) > 0 })
	if got := br.platform.statuses(mID); !slices.Equal(got, []customchannel.StatusValue{customchannel.StatusFailed}) {
		t.Errorf("statuses %v", got)
	}
	events := br.platform.events(func(_ customchannel.Post, e customchannel.Event) bool { return e.MID == mID })
	if events[0].Status.Message == "" {
		t.Error("no reason")
	}
	calls := 0
	for _, c := range br.a.Calls() {
		if c.Chat == 3 {
			calls++
		}
	}
	if calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

func TestADeadTokenFailsNothingAndANewOneSendsAllInOrder(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.a.Revoke(true)
	want := map[int64][]string{}
	var mIDs []string
	for i := range 5 {
		for contact := int64(10); contact < 20; contact++ {
			body := fmt.Sprintf("%s %d", marker, i)
			want[contact] = append(want[contact], body)
			mIDs = append(mIDs, br.sendText(tokenA, "A", contact, body))
		}
	}
	br.sendText(tokenB, "B", 10, marker)
	if _, err := br.b.Wait(t.Context(), 10, 1); err != nil {
		t.Fatal(err)
	}
	refused := func() (n int) {
		for _, c := range br.a.Calls() {
			if c.Code == http.StatusUnauthorized {
				n++
			}
		}
		return n
	}
	eventually(t, "the token is found dead", func() bool { return refused() > 0 })
	if n := refused(); n > 12 {
		t.Errorf("%d calls with a dead token", n)
	}
	if status := br.signal(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
	const renewed = "1111111:CCCCbottokenCCCCCCCCCCCCCCCCCCCCCCC"
	br.a.Renew(renewed)
	br.configure(br.channels(renewed))
	br.run()
	br.allSent(want, mIDs)
}

func TestADeadPlatformDelaysOnlyItsOwnChannel(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.platform.refuse("A", http.StatusBadGateway)
	for i := range 10 {
		br.deliver(br.a, br.a.Text(30+int64(i%3), fmt.Sprintf("%s %d", marker, i)))
		br.deliver(br.b, br.b.Text(40, fmt.Sprintf("%s %d", marker, i)))
	}
	eventually(t, "the other channel goes on", func() bool { return len(br.platform.messages("B", "40")) == 10 })
	br.platform.refuse("A", 0)
	total := func() (n int) {
		for c := range 3 {
			n += len(br.platform.messages("A", fmt.Sprint(30+c)))
		}
		return n
	}
	eventually(t, "all arrives when it is back", func() bool { return total() >= 10 })
	for c := range 3 {
		got := eventTexts(br.platform.messages("A", fmt.Sprint(30+c)))
		if !slices.IsSorted(got) || total() != 10 {
			t.Errorf("contact %d: %v", 30+c, got)
		}
	}
}

// TestKilledAgainAndAgain: whatever was answered 200 arrives, in order, under one id, and nothing else is doubled than
// what was in flight at a kill.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const contacts, each, kills = 6, 40, 4
	type sent struct{ mID, body string }
	var (
		mu       sync.Mutex
		accepted = map[int64][]sent{}
		wg       sync.WaitGroup
	)
	for c := range int64(contacts) {
		wg.Go(func() { // outbound: the platform calls once and does not retry
			for i := range each {
				body := fmt.Sprintf("%s %03d", marker, i)
				a := br.send("Bearer "+tokenA, text("A", 100+c, body))
				if a.status == http.StatusOK {
					mu.Lock()
					accepted[100+c] = append(accepted[100+c], sent{a.mID, body})
					mu.Unlock()
				}
				time.Sleep(40 * time.Millisecond) // a pace, not a wait
			}
		})
		wg.Go(func() { // inbound: the network repeats until it is answered
			for i := range each {
				update := br.b.Text(200+c, fmt.Sprintf("%s %03d", marker, i))
				for {
					if status, err := br.b.Deliver(t.Context(), update); err == nil && status == http.StatusOK {
						break
					}
					time.Sleep(20 * time.Millisecond)
				}
				time.Sleep(40 * time.Millisecond) // a pace, not a wait
			}
		})
	}
	for range kills {
		time.Sleep(700 * time.Millisecond) // the moment does not matter
		br.signal(syscall.SIGKILL)
		br.run()
	}
	wg.Wait()
	doubles := 0
	for contact, all := range accepted {
		last := all[len(all)-1]
		eventually(t, "the last message", func() bool { return slices.Contains(texts(br.a.Messages(contact)), last.body) })
		got := slices.Compact(texts(br.a.Messages(contact)))
		doubles += len(br.a.Messages(contact)) - len(got)
		if !slices.IsSorted(got) {
			t.Errorf("contact %d: out of order: %v", contact, got)
		}
		for _, s := range all {
			if !slices.Contains(got, s.body) {
				t.Errorf("contact %d: %s was answered 200 and is lost", contact, s.body)
			}
			eventually(t, "the receipt", func() bool { return len(br.platform.statuses(s.mID)) > 0 })
		}
	}
	for c := range int64(contacts) {
		contact := fmt.Sprint(200 + c)
		eventually(t, "all that came in", func() bool {
			return len(uniqueByID(br.platform.messages("B", contact))) == each
		})
		got := uniqueByID(br.platform.messages("B", contact))
		doubles += len(br.platform.messages("B", contact)) - len(got)
		if !slices.IsSorted(eventTexts(got)) {
			t.Errorf("contact %s: out of order: %v", contact, eventTexts(got))
		}
	}
	t.Logf("%d kills, %d sent twice", kills, doubles)
	if most := kills * 2 * contacts; doubles > most {
		t.Errorf("%d sent twice, more than the %d that can have been in flight", doubles, most)
	}
}

// uniqueByID drops a repeat of the event before it: the same id, as the platform drops it too.
func uniqueByID(events []customchannel.Event) []customchannel.Event {
	return slices.CompactFunc(events, func(a, b customchannel.Event) bool { return a.MID == b.MID })
}
