package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

// tokenOf is a channel's API token; nothing here is worth a secret.
func tokenOf(channel string) string { return "token-of-" + channel }

func refusedConnection(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

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
				x := (float64(k) + l.shared.dice.random("pace", lane, k).Float64()) / float64(n)
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

// outbound is the platform: it calls once, waits five seconds at most, and believes a 200 only. A message that was
// not taken is given up and the next one sent.
func (l *ledger) outbound(ctx context.Context, lane history.Lane, n int, pace func(int) time.Time) {
	client := &http.Client{Transport: l.client.Transport, Timeout: 5 * time.Second}
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + tokenOf(lane.Channel)}}
	seq := 0
	for done := 0; done < n; {
		if !sleep(ctx, time.Until(pace(done))) {
			return
		}
		seq++
		body, _ := json.Marshal(customchannel.Send{
			ChannelID: lane.Channel, ContactID: lane.Contact, Message: customchannel.Message{Type: customchannel.TypeText, Text: history.Text(lane, seq)},
		})
		mID, _, ok := l.post(ctx, client, header, body)
		if !ok {
			l.recorder.Refused()
			if !sleep(ctx, 300*time.Millisecond) {
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
	resp, err := l.front.do(ctx, client, "/message", header, body)
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
		if !sleep(ctx, time.Until(pace(seq-1))) {
			return
		}
		m := customchannel.Message{Type: customchannel.TypeText, Text: history.Text(lane, seq)}
		for {
			if _, err := l.networks[lane.Channel].op.Write(lane.Contact, "", m); err == nil {
				break
			}
			if !sleep(ctx, 100*time.Millisecond) {
				return
			}
		}
	}
}

// look opens conversations on the phones, so that messages are read.
func (l *ledger) look(ctx context.Context) {
	contacts := l.options.contacts()
	for i := 0; sleep(ctx, 50*time.Millisecond); i++ {
		c := contacts[l.shared.dice.random("look", i).IntN(len(contacts))]
		l.networks[c.channel].op.Look(c.name)
	}
}
