package provider

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
)

// host is what the sender of a channel works with.
func (s *runner) host(c directory.Channel) Host {
	return Host{
		Client: s.client, WebhookURL: s.webhookURL(c.ID),
		Replies: replies{s.env.Bus, c.Network, c.ID}, Files: files{s.env.Bus, s.env.PublicURL},
	}
}

// replies are one channel's, in the bucket REPLIES. What was said last and what was taken stand apart: who receives and
// who sends need not know of each other.
type replies struct {
	bus              *bus.Bus
	network, channel string
}

// reply is a record: what was said, and for which send it was taken.
type reply struct {
	Token string    `json:"token,omitempty"`
	Until time.Time `json:"until"`
	Send  string    `json:"send,omitempty"`
	// None says that the send goes without. The token is then the last that was taken.
	None bool `json:"none,omitempty"`
}

func (r replies) key(address, kind string) string {
	return r.network + "." + r.channel + "." + r.bus.Digest("contact", r.channel, address) + "." + kind
}

func (r replies) read(ctx context.Context, address, kind string) (out reply, err error) {
	data, _, err := r.bus.Bucket(bus.Replies).Get(ctx, r.key(address, kind))
	if errors.Is(err, bus.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if json.Unmarshal(data, &out) != nil {
		return reply{}, nil // of another version: as if it were lost
	}
	return out, nil
}

func (r replies) write(ctx context.Context, address, kind string, v reply) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return r.bus.Bucket(bus.Replies).Put(ctx, r.key(address, kind), data)
}

const (
	said  = "said"
	taken = "taken"
)

// Last implements [Replies].
func (r replies) Last(ctx context.Context, address string) (Reply, error) {
	last, err := r.read(ctx, address, said)
	if err != nil || !time.Now().Before(last.Until) {
		return Reply{}, err
	}
	return Reply{last.Token, last.Until}, nil
}

// Take implements [Replies].
func (r replies) Take(ctx context.Context, m *messagev1.Message) (out Reply, again bool, err error) {
	address, send := m.GetContact().GetAddress(), bus.MessageKey(m)
	before, err := r.read(ctx, address, taken)
	if err != nil {
		return Reply{}, false, err
	}
	switch {
	case before.Send == send && before.None:
		return Reply{}, true, nil
	case before.Send == send:
		return Reply{before.Token, before.Until}, true, nil
	}
	last, err := r.Last(ctx, address)
	if err != nil {
		return Reply{}, false, err
	}
	now := reply{Token: last.Token, Until: last.Until, Send: send}
	if last.Token == "" || last.Token == before.Token {
		last, now.Token, now.None = Reply{}, before.Token, true
	}
	// before it is used: whoever sends the message again has to know, also that it went without
	if err := r.write(ctx, address, taken, now); err != nil {
		return Reply{}, false, err
	}
	return last, false, nil
}

// Drop implements [Replies].
func (r replies) Drop(ctx context.Context, m *messagev1.Message) error {
	address, send := m.GetContact().GetAddress(), bus.MessageKey(m)
	before, err := r.read(ctx, address, taken)
	if err != nil {
		return err
	}
	return r.write(ctx, address, taken, reply{Token: before.Token, Until: before.Until, Send: send, None: true})
}

// rememberReply keeps how the contact can be answered. The message goes on without where that fails.
func (s *runner) rememberReply(ctx context.Context, c *channel, e Event) {
	if e.Reply == nil || !time.Now().Before(e.Reply.Until) {
		return
	}
	r := replies{s.env.Bus, c.Network, c.ID}
	if err := r.write(ctx, e.Contact.GetAddress(), said, reply{Token: e.Reply.Token, Until: e.Reply.Until}); err != nil {
		s.env.Log.Warn("how the contact can be answered is not remembered", "network", c.Network, "channel", c.ID, "err", err)
	}
}

// files are public under /media.
type files struct {
	bus       *bus.Bus
	publicURL string
}

// Publish implements [Files].
func (f files) Publish(ctx context.Context, name, mediaType string, data []byte) (string, error) {
	stored, err := f.bus.KeepFile(ctx, name, mediaType, data)
	if err != nil {
		return "", Temporary("a file could not be stored", err)
	}
	return f.publicURL + "/media/" + stored.ID, nil
}
