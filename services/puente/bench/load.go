package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/egress/phone"
)

// load is what a side is given to carry.
type load struct {
	side *side
	// inbound has the network post what contacts write, instead of the platform what agents write.
	inbound bool
	// The messages' numbers are spread over contacts, and these over channels, the first of which is from.
	from, channels, contacts int
}

// stride spreads consecutive messages over all contacts; it is a prime, so that as many messages as contacts reach each.
const stride = 104_729

// workers is how many posts are under way at once where as much as possible is sent.
const workers = 64

var client = &http.Client{
	Timeout:   30 * time.Second,
	Transport: &http.Transport{MaxIdleConns: 4096, MaxIdleConnsPerHost: 1024, IdleConnTimeout: time.Minute},
}

// post sends a message of a phase and returns how long it took. Anything but 200 is an error.
func (l load) post(ctx context.Context, phase, number int) (time.Duration, error) {
	req, err := l.request(ctx, phase, number)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", version.UserAgent())
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if l.inbound && resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("call of the %s: status %d", l.side.name, resp.StatusCode)
	}
	if l.inbound {
		return took, nil
	}
	if _, err := customchannel.DecodeAnswer(resp.StatusCode, answer); err != nil {
		return 0, fmt.Errorf("post to the %s: %w", l.side.name, err)
	}
	return took, nil
}

// request is a message of a phase, as the platform posts it, or as the network tells it.
func (l load) request(ctx context.Context, phase, number int) (*http.Request, error) {
	contact := number * stride % l.contacts
	id := channel(l.from + contact%l.channels)
	who, said := fmt.Sprintf("p%d", contact), customchannel.Message{Type: customchannel.TypeText, Text: text(phase, number)}
	if !l.inbound {
		return l.posting(ctx, "/channels/"+id+"/message", "Authorization", "Bearer "+token(id), customchannel.Send{ChannelID: id, ContactID: who, Message: said})
	}
	key := fmt.Sprintf("e%d-%d", phase, number)
	return l.posting(ctx, "/webhooks/"+phone.Network.Name+"/"+id, "X-Phone-Token", secret(id), map[string]any{
		"id": key, "events": []map[string]any{{"id": key, "from": who, "time": time.Now().UnixMilli(), "message": said}},
	})
}

// posting is a request with a credential in a header.
func (l load) posting(ctx context.Context, path, header, credential string, content any) (*http.Request, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.side.base+path, bytes.NewReader(body))
	if err == nil {
		req.Header.Set(header, credential)
	}
	return req, err
}

// bound is how long a phase of n messages may take.
func bound(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Minute+time.Duration(n)*20*time.Millisecond)
}

// volley sends n messages as fast as they are taken, and waits until all have arrived and been told.
func (b *bench) volley(ctx context.Context, l load, n int) error {
	ctx, cancel := bound(ctx, n)
	defer cancel()
	t := b.expect(n, !l.inbound)
	var (
		next   atomic.Int64
		failed atomic.Pointer[error]
		wg     sync.WaitGroup
	)
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				if _, err := l.post(ctx, t.phase, i); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return t.wait(ctx)
}

// times are what a phase took, message by message.
type times struct {
	posts []time.Duration // of POST /message
	ends  []time.Duration // from the post until the far end has it
}

// steady sends n messages at a rate, each at its own time, whatever became of those before.
func (b *bench) steady(ctx context.Context, l load, n, rate int) (times, error) {
	ctx, cancel := bound(ctx, n)
	defer cancel()
	t := b.expect(n, true)
	out := times{posts: make([]time.Duration, n), ends: make([]time.Duration, n)}
	began := make([]time.Duration, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		if err := sleep(ctx, time.Until(t.began.Add(time.Duration(i)*time.Second/time.Duration(rate)))); err != nil {
			break
		}
		wg.Go(func() {
			began[i] = time.Since(t.began)
			out.posts[i], errs[i] = l.post(ctx, t.phase, i)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return times{}, err
		}
	}
	if err := t.wait(ctx); err != nil {
		return times{}, err
	}
	for i := range n {
		out.ends[i] = time.Duration(t.at[i].Load()) - began[i]
	}
	return out, nil
}

// singly sends n messages, each when the one before has arrived: nothing is queued.
func (b *bench) singly(ctx context.Context, l load, n int) (times, error) {
	ctx, cancel := bound(ctx, n)
	defer cancel()
	t := b.expect(n, true)
	out := times{}
	for i := range n {
		began := time.Since(t.began)
		took, err := l.post(ctx, t.phase, i)
		if err != nil {
			return times{}, err
		}
		select {
		case <-t.landed:
		case <-ctx.Done():
			return times{}, ctx.Err()
		}
		out.posts = append(out.posts, took)
		out.ends = append(out.ends, time.Duration(t.at[i].Load())-began)
	}
	return out, t.wait(ctx)
}
