package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/bonychat/puente/services/sandbox/chat"

	"github.com/bonychat/puente/pkg/version"
)

// event is one event as the gateway is told: something typed, or a receipt.
type event struct {
	ID      string          `json:"id"`
	From    string          `json:"from"`
	Name    string          `json:"name,omitempty"`
	Time    int64           `json:"time"`
	Message json.RawMessage `json:"message,omitempty"`
	Receipt *receiptBody    `json:"receipt,omitempty"`
}

type receiptBody struct {
	Message string      `json:"message"`
	OwnID   string      `json:"own_id,omitempty"`
	Status  chat.Status `json:"status"`
	Reason  string      `json:"reason,omitempty"`
}

// webhook is the body of one call. Its id is the same for the same events.
type webhook struct {
	ID     string  `json:"id"`
	Events []event `json:"events"`
}

// receipt puts the network's word on a message on its way. The caller holds o.mu.
func (o *Operator) receipt(contact string, e chat.Entry, status chat.Status, reason string, due time.Time) {
	if !o.switches.Receipts {
		return
	}
	body := &receiptBody{Message: e.ID, OwnID: e.Key, Status: status, Reason: reason}
	o.lanes.push(laneKey{contact, receipts}, item{
		due:   due,
		event: event{ID: e.ID + "-" + string(status), From: contact, Time: due.UnixMilli(), Receipt: body},
	})
}

// caller calls the gateway's webhook.
type caller struct {
	o    *Operator
	http *http.Client
}

func newCaller(o *Operator) *caller {
	return &caller{o: o, http: &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			DialContext:  (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
			MaxIdleConns: o.cfg.Workers, MaxIdleConnsPerHost: o.cfg.Workers, IdleConnTimeout: 30 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *caller) close() { c.http.CloseIdleConnections() }

// deliver tells the gateway a batch and says whether that is finished: taken, or refused for good. Everything but a
// success, 400 and 413 may be otherwise tomorrow: a gateway that starts, a channel that is not set up yet.
func (c *caller) deliver(ctx context.Context, key laneKey, batch []item) bool {
	status, err := c.post(ctx, batch)
	switch {
	case err == nil && status >= 200 && status < 300:
		c.mark(key, batch, chat.Sent, "")
		return true
	case err == nil && (status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge):
		if len(batch) > 1 {
			return c.deliverEach(ctx, key, batch)
		}
		c.o.log.Warn("gateway refused an event", "status", status)
		c.mark(key, batch, chat.Failed, fmt.Sprintf("the gateway answered %d", status))
		return true
	case ctx.Err() != nil:
		return false
	case err != nil:
		c.mark(key, batch, chat.Queued, "the gateway cannot be reached")
	default:
		c.mark(key, batch, chat.Queued, fmt.Sprintf("the gateway answered %d", status))
	}
	c.o.log.Debug("gateway takes nothing", "status", status, "events", len(batch))
	return false
}

// deliverEach finds the event that a whole batch was refused for. What was told before another try is told again
// then, with the same id.
func (c *caller) deliverEach(ctx context.Context, key laneKey, batch []item) bool {
	for i := range batch {
		if !c.deliver(ctx, key, batch[i:i+1]) {
			return false
		}
	}
	return true
}

func (c *caller) post(ctx context.Context, batch []item) (status int, err error) {
	call := webhook{ID: fmt.Sprintf("%s-%d", batch[0].event.ID, len(batch))}
	for _, i := range batch {
		call.Events = append(call.Events, i.event)
	}
	body, err := json.Marshal(call)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.cfg.WebhookURL(), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", version.UserAgent())
	req.Header.Set("X-Phone-Token", c.o.cfg.Secret.Reveal())
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection is used again
	return resp.StatusCode, nil
}

// mark moves the ticks of what was typed; they never go back.
func (c *caller) mark(key laneKey, batch []item, status chat.Status, reason string) {
	if key.kind != typed {
		return
	}
	for _, i := range batch {
		c.o.phones.Update(key.contact, chat.Newest(func(e *chat.Entry) bool {
			return e.Seq == i.seq && !status.Before(e.Status) && (e.Status != status || e.Reason != reason)
		}), func(e *chat.Entry) { e.Status, e.Reason = status, reason })
	}
}
