package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
	"github.com/bonychat/puente/services/sandbox/operator"
)

// smallStore is the smallest that may be configured.
const smallStore = "64MB"

// TestAFullStore fills the smallest store both ways while the far end is away, as far as one channel may. What was answered with success
// is not lost, what has no room is told so with a reason, and it all goes on by itself when the far end is back.
func TestAFullStore(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	var table bytes.Buffer
	o := Options{Messages: 20000, Contacts: 8, Channels: 1, Layout: AllInOne, Seed: 1, Store: smallStore, Program: build(t)}
	v, err := scene{settle: settleTime, play: func(l *ledger, ctx context.Context) error {
		l.far.Calm()
		return errors.Join(l.fillOutbound(ctx), l.fillInbound(ctx))
	}}.run(ctx, o, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range v.Broken {
		t.Error(broken)
	}
}

// padding makes a message large: 11 kB, within the contract's 4,000 characters.
var padding = " " + strings.Repeat("漢", 3800)

// mostToFill is far more than the store can hold.
const mostToFill = 4000

// fillOutbound has the phones' network away and sends until there is no room, then waits until there is again.
func (l *ledger) fillOutbound(ctx context.Context) error {
	phone := l.far.Phone("c0")
	if err := phone.Break(operator.Fault{Kind: operator.Broken, Probability: 1}); err != nil {
		return err
	}
	var refused, taken, count atomic.Int64
	var wrong atomic.Pointer[string]
	var wg sync.WaitGroup
	for _, c := range l.options.contacts() {
		wg.Go(func() {
			for seq := 1; refused.Load() < 50 && count.Add(1) < mostToFill && ctx.Err() == nil; {
				why, ok := l.postLarge(ctx, history.Lane{Way: history.Outbound, Channel: c.channel, Contact: c.name}, seq)
				switch {
				case ok:
					seq++
					taken.Add(1)
				case noRoom(why):
					refused.Add(1)
					_ = pause.For(ctx, 50*time.Millisecond)
				default:
					wrong.Store(&why)
					return
				}
			}
		})
	}
	wg.Wait()
	l.say("no room after %d messages", taken.Load())
	if why := wrong.Load(); why != nil {
		return fmt.Errorf("a message is refused otherwise than for want of room: %s", *why)
	}
	if refused.Load() < 50 {
		return fmt.Errorf("the store never got full: %d taken, %d refused", taken.Load(), refused.Load())
	}
	phone.Mend()
	for seq := 1; ; {
		if _, ok := l.postLarge(ctx, history.Lane{Way: history.Outbound, Channel: "c0", Contact: "after"}, seq); ok {
			l.say("room again")
			return nil
		}
		if pause.For(ctx, 200*time.Millisecond) != nil {
			return errors.New("there was no room again")
		}
	}
}

// noRoom says that a message was refused for want of room: the channel would take that of others, or there is none for anybody. What is
// known of the room is up to a second old, so that a burst may get either answer.
func noRoom(why string) bool {
	return strings.HasPrefix(why, "429 ") && strings.Contains(why, "too many messages of this channel") ||
		strings.HasPrefix(why, "503 ") && strings.Contains(why, "store is")
}

func (l *ledger) postLarge(ctx context.Context, lane history.Lane, seq int) (why string, ok bool) {
	body, _ := json.Marshal(customchannel.Send{
		ChannelID: lane.Channel, ContactID: lane.Contact, Message: customchannel.Message{Type: customchannel.TypeText, Text: history.Text(lane, seq) + padding},
	})
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + farends.Token(lane.Channel)}}
	mID, why, ok := l.post(ctx, l.client, header, body)
	if ok {
		l.recorder.Accept(history.Accepted{Lane: lane, Seq: seq, At: time.Now(), MID: mID})
	}
	return why, ok
}

// fillInbound has the platform away and writes until the bridge takes no call any more. What it did not take, the
// network tells it later.
func (l *ledger) fillInbound(ctx context.Context) error {
	l.far.Down("c0")
	defer l.far.Down("")
	for seq := 1; seq*l.options.Contacts < mostToFill; seq++ {
		for _, c := range l.options.contacts() {
			m := customchannel.Message{Type: customchannel.TypeText, Text: history.Text(history.Lane{Way: history.Inbound, Channel: c.channel, Contact: c.name}, seq) + padding}
			if _, err := l.far.Phone(c.channel).Write(c.name, "", m); err != nil {
				return err
			}
		}
		if l.far.NoRoom() > 0 {
			l.say("no room after %d written", seq*l.options.Contacts)
			return nil
		}
		if pause.For(ctx, 50*time.Millisecond) != nil {
			return ctx.Err()
		}
	}
	return errors.New("the bridge took everything")
}
