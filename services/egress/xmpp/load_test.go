package xmpp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
)

// underLoad kills the server again and again while a contact writes, and has the store fail now and then: all that the contact has
// a receipt for is stored, in order, and nothing twice; what came back as an error has no receipt.
func underLoad(t *testing.T, p *prosody, ana *customer) {
	const lives, receiptsEach, most = 4, 100, 3000
	box, s := newInbox(t), p.channel("s3cret")
	failed := map[string]bool{}
	n := 0
	box.fails = func(e provider.Event) bool { // has the lock
		if n++; e.Content == nil || n%83 != 0 {
			return false
		}
		failed[e.Content.GetText().GetBody()] = true
		return true
	}
	end := listening(t, s, box.store)
	if err := sends(t, s, "m6", "ana@example.test", content.Text("x")); err != nil {
		t.Fatalf("%v", err)
	}
	written, settledBy := 0, 0
	burst := func(n int) {
		for range n {
			name := fmt.Sprintf("load%d", written)
			ana.write(name, name)
			written++
		}
	}
	ofLoad := func(e event) bool { return strings.HasPrefix(e.Receipt, "load") }
	settled := func(e event) bool { return ofLoad(e) || strings.HasPrefix(e.ID, "load") && e.Type == "error" }
	for life := 1; life <= lives; life++ {
		for {
			got, more := ana.all(ofLoad)
			if len(got) >= receiptsEach*life {
				break
			}
			if written >= most {
				kinds := map[string]int{}
				ana.all(func(e event) bool { kinds[strings.TrimSpace(e.Kind+" "+e.Type+" "+e.Condition)]++; return false })
				t.Fatalf("%d receipts for %d messages in %d lives; %d are stored; the contact was told %v", len(got), written, life, len(box.texts()), kinds)
			}
			burst(10)
			patience := time.After(500 * time.Millisecond) // some may be lost, and have neither a receipt nor an error
			for before, waiting := settledBy, true; waiting && settledBy < before+10; {
				select {
				case <-more:
				case <-patience:
					waiting = false
				}
				got, more = ana.all(settled)
				settledBy = len(got)
			}
		}
		if life == lives {
			break
		}
		online, _ := ana.all(func(e event) bool { return e.Kind == "online" })
		burst(50) // of which some are on their way
		p.kill()
		p.start()
		ana.waits("to be online again", len(online)+1, func(e event) bool { return e.Kind == "online" })
		if err := sends(t, s, fmt.Sprint("again", life), "ana@example.test", content.Text("x")); err != nil && class(err) != result.Uncertain {
			t.Errorf("after a restart: %v", err)
		}
	}
	last := func(e event) bool { return strings.HasPrefix(e.Receipt, "last") }
	for try := 0; ; try++ { // the store may fail at the last
		ana.write(fmt.Sprint("last", try), "last")
		got, more := ana.all(last)
		for patience := time.After(2 * time.Second); len(got) == 0 && patience != nil; got, more = ana.all(last) {
			select {
			case <-more:
			case <-patience:
				patience = nil
			}
		}
		if len(got) > 0 {
			break
		}
		if try == 30 {
			t.Fatal("no receipt for the last message")
		}
	}
	end()
	stored, seen, before := box.texts(), map[string]bool{}, -1
	for _, text := range stored {
		var at int
		if _, err := fmt.Sscanf(text, "load%d", &at); err != nil {
			continue
		}
		if at <= before {
			t.Errorf("%s is stored after load%d", text, before)
		}
		before, seen[text] = at, true
	}
	receipts, _ := ana.all(ofLoad)
	back, _ := ana.all(func(e event) bool { return strings.HasPrefix(e.ID, "load") && e.Type == "error" })
	for _, e := range receipts {
		if !seen[e.Receipt] {
			t.Errorf("%s has a receipt, and is not stored", e.Receipt)
		}
		if failed[e.Receipt] {
			t.Errorf("%s has a receipt, and could not be stored", e.Receipt)
		}
	}
	for _, e := range back {
		if seen[e.ID] {
			t.Errorf("%s is stored, and came back as an error", e.ID)
		}
	}
	t.Logf("%d messages, %d kills: %d stored, %d receipts, %d came back, %d could not be stored", written, lives-1, len(seen), len(receipts), len(back), len(failed))
	if len(failed) == 0 {
		t.Error("the store has not failed once: the test shows less than it says")
	}
}
