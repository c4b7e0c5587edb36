package traffic

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
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/egress/phone"
)

// Load is what a side is given to carry.
type Load struct {
	// Name is the side's, Base the URL of its public port.
	Name, Base string
	// Inbound has the network post what contacts write, instead of the platform what agents write.
	Inbound bool
	// The messages' numbers are spread over Contacts, and these over Channels, the first of which is From.
	From, Channels, Contacts int
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
func (l Load) post(ctx context.Context, phase, number int) (time.Duration, error) {
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
	if l.Inbound && resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("call of the %s: status %d", l.Name, resp.StatusCode)
	}
	if l.Inbound {
		return took, nil
	}
	if _, err := customchannel.DecodeAnswer(resp.StatusCode, answer); err != nil {
		return 0, fmt.Errorf("post to the %s: %w", l.Name, err)
	}
	return took, nil
}

// request is a message of a phase, as the platform posts it, or as the network tells it.
func (l Load) request(ctx context.Context, phase, number int) (*http.Request, error) {
	contact := number * stride % l.Contacts
	id := Channel(l.From + contact%l.Channels)
	who, said := fmt.Sprintf("p%d", contact), customchannel.Message{Type: customchannel.TypeText, Text: text(phase, number)}
	if !l.Inbound {
		return l.posting(ctx, "/channels/"+id+"/message", "Authorization", "Bearer "+Token(id), customchannel.Send{ChannelID: id, ContactID: who, Message: said})
	}
	key := fmt.Sprintf("e%d-%d", phase, number)
	return l.posting(ctx, "/webhooks/"+phone.Network.Name+"/"+id, "X-Phone-Token", Secret(id), map[string]any{
		"id": key, "events": []map[string]any{{"id": key, "from": who, "time": time.Now().UnixMilli(), "message": said}},
	})
}

// posting is a request with a credential in a header.
func (l Load) posting(ctx context.Context, path, header, credential string, content any) (*http.Request, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Base+path, bytes.NewReader(body))
	if err == nil {
		req.Header.Set(header, credential)
	}
	return req, err
}

// Bound is how long a phase of n messages may take.
func Bound(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Minute+time.Duration(n)*20*time.Millisecond)
}

// Volley sends n messages as fast as they are taken, and waits until all have arrived and been told.
func (l Load) Volley(ctx context.Context, far *FarEnd, n int) error {
	ctx, cancel := Bound(ctx, n)
	defer cancel()
	t := far.Expect(n, !l.Inbound)
	var (
		next   atomic.Int64
		failed atomic.Pointer[error]
		wg     sync.WaitGroup
	)
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				if _, err := l.post(ctx, t.Phase, i); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return t.Wait(ctx)
}

// Times are what a phase took, message by message.
type Times struct {
	Posts []time.Duration // of POST /message
	Ends  []time.Duration // from the post until the far end has it
}

// Steady sends n messages at a rate, each at its own time, whatever became of those before.
func (l Load) Steady(ctx context.Context, far *FarEnd, n, rate int) (Times, error) {
	ctx, cancel := Bound(ctx, n)
	defer cancel()
	t := far.Expect(n, true)
	out := Times{Posts: make([]time.Duration, n), Ends: make([]time.Duration, n)}
	began := make([]time.Duration, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		if err := pause.For(ctx, time.Until(t.Began.Add(time.Duration(i)*time.Second/time.Duration(rate)))); err != nil {
			break
		}
		wg.Go(func() {
			began[i] = time.Since(t.Began)
			out.Posts[i], errs[i] = l.post(ctx, t.Phase, i)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return Times{}, err
		}
	}
	if err := t.Wait(ctx); err != nil {
		return Times{}, err
	}
	for i := range n {
		out.Ends[i] = time.Duration(t.at[i].Load()) - began[i]
	}
	return out, nil
}

// Singly sends n messages, each when the one before has arrived: nothing is queued.
func (l Load) Singly(ctx context.Context, far *FarEnd, n int) (Times, error) {
	ctx, cancel := Bound(ctx, n)
	defer cancel()
	t := far.Expect(n, true)
	out := Times{}
	for i := range n {
		began := time.Since(t.Began)
		took, err := l.post(ctx, t.Phase, i)
		if err != nil {
			return Times{}, err
		}
		select {
		case <-t.landed:
		case <-ctx.Done():
			return Times{}, ctx.Err()
		}
		out.Posts = append(out.Posts, took)
		out.Ends = append(out.Ends, time.Duration(t.at[i].Load())-began)
	}
	return out, t.Wait(ctx)
}
