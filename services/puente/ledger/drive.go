package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
)

// drive sends until every lane has its messages or the context ends, spread over a time.
func (l *ledger) drive(ctx context.Context, over time.Duration) {
	var wg sync.WaitGroup
	began := time.Now()
	for i, c := range l.options.contacts() {
		for half, way := range []history.Way{history.Outbound, history.Inbound} {
			all := (l.options.Messages + half) / 2
			n := all / l.options.Contacts
			if i < all%l.options.Contacts {
				n++
			}
			lane := history.Lane{Way: way, Channel: c.channel, Contact: c.name}
			pace := func(k int) time.Time {
				x := (float64(k) + l.dice.Random("pace", lane, k).Float64()) / float64(n)
				return began.Add(time.Duration(x * float64(over)))
			}
			if way == history.Outbound {
				wg.Go(func() { l.outbound(ctx, lane, n, pace) })
			} else {
				wg.Go(func() { l.inbound(ctx, lane, n, pace) })
			}
		}
	}
	wg.Wait()
}

// await waits for the time of a message. Where the steps are later than planned, as on a machine that does other things too, so is the
// traffic: what is done to a process that has nothing to do proves nothing.
func (l *ledger) await(ctx context.Context, at time.Time) error {
	for {
		wait := time.Until(at.Add(time.Duration(l.behind.Load())))
		if wait <= 0 {
			return ctx.Err()
		}
		if err := pause.For(ctx, min(wait, time.Second)); err != nil {
			return err
		}
	}
}

// outbound is the platform: it calls once, waits five seconds at most, and believes a 200 only. A message that was
// not taken is given up and the next one sent.
func (l *ledger) outbound(ctx context.Context, lane history.Lane, n int, pace func(int) time.Time) {
	client := &http.Client{Transport: l.client.Transport, Timeout: 5 * time.Second}
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + farends.Token(lane.Channel)}}
	seq := 0
	for done := 0; done < n; {
		if l.await(ctx, pace(done)) != nil {
			return
		}
		seq++
		body, _ := json.Marshal(customchannel.Send{
			ChannelID: lane.Channel, ContactID: lane.Contact, Message: customchannel.Message{Type: customchannel.TypeText, Text: history.Text(lane, seq)},
		})
		mID, _, ok := l.post(ctx, client, header, body)
		if !ok {
			l.recorder.Refused()
			if pause.For(ctx, 300*time.Millisecond) != nil {
				return
			}
			continue
		}
		l.recorder.Accept(history.Accepted{Lane: lane, Seq: seq, At: time.Now(), MID: mID})
		done++
	}
}

// post is one call; why says what was answered where the message was not taken.
func (l *ledger) post(ctx context.Context, client *http.Client, header http.Header, body []byte) (mID, why string, ok bool) {
	resp, err := l.front.Do(ctx, client, "/message", header, body)
	if err != nil {
		return "", err.Error(), false
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", err.Error(), false
	}
	mID, err = customchannel.DecodeAnswer(resp.StatusCode, answer)
	return mID, fmt.Sprintf("%d %s", resp.StatusCode, answer), err == nil
}

// inbound is a person who types; the operator repeats until the bridge has taken it.
func (l *ledger) inbound(ctx context.Context, lane history.Lane, n int, pace func(int) time.Time) {
	for seq := 1; seq <= n; seq++ {
		if l.await(ctx, pace(seq-1)) != nil {
			return
		}
		m := customchannel.Message{Type: customchannel.TypeText, Text: history.Text(lane, seq)}
		for {
			if _, err := l.far.Phone(lane.Channel).Write(lane.Contact, "", m); err == nil {
				break
			}
			if pause.For(ctx, 100*time.Millisecond) != nil {
				return
			}
		}
	}
}

// look opens conversations on the phones, so that messages are read.
func (l *ledger) look(ctx context.Context) {
	contacts := l.options.contacts()
	for i := 0; pause.For(ctx, 50*time.Millisecond) == nil; i++ {
		c := contacts[l.dice.Random("look", i).IntN(len(contacts))]
		l.far.Phone(c.channel).Look(c.name)
	}
}
