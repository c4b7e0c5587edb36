package line_test

import (
	"encoding/json"
	"fmt"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/line/linetest"
)

const (
	token  = "access-token-1"
	secret = "channel-secret-1"
)

// bridge is a stand-in, and what remains of a bridge when its process dies.
type bridge struct {
	t    *testing.T
	api  *linetest.Server
	host provider.Host
	sent int
}

// start may reach these addresses besides.
func start(t *testing.T, configured ...string) *bridge {
	t.Helper()
	api := linetest.NewServer(token, secret)
	t.Cleanup(api.Close)
	client := sendertest.NewClient(append(configured, api.URL)...)
	t.Cleanup(client.Close)
	return &bridge{t: t, api: api, host: sendertest.Host("line", client)}
}

// open is a sender that knows of nothing.
func (b *bridge) open() provider.Sender {
	b.t.Helper()
	account := fmt.Sprintf(`{"channel_access_token":%q,"channel_secret":%q,"api":%q,"api_data":%[3]q}`, token, secret, b.api.URL)
	s, err := sendertest.OpenAt(line.Network, json.RawMessage(account), b.host)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// hear receives events as the bridge does.
func (b *bridge) hear(events ...linetest.Event) {
	b.t.Helper()
	got, err := sendertest.Receive(line.Network, []byte("{}"), webhook.Call{Method: "POST", Body: b.api.Body(events...)})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range got {
		if e.Reply != nil {
			b.host.Replies.(*sendertest.Replies).Say(e.Contact.GetAddress(), *e.Reply)
		}
	}
}

func (b *bridge) message(user string, c *messagev1.Content) *messagev1.Message {
	b.sent++
	return &messagev1.Message{Id: fmt.Sprintf("0199d3c7a1b27c3d8e4f5a6b%08x", b.sent), Contact: &messagev1.Contact{Address: user}, Content: c}
}

func (b *bridge) text(user, body string) *messagev1.Message {
	return b.message(user, content.Text(body))
}

// try sends once, as a process that has just started.
func (b *bridge) try(m *messagev1.Message) (provider.Sent, error) {
	b.t.Helper()
	return b.open().Send(b.t.Context(), m)
}

// want says what must become of a try.
func (b *bridge) want(m *messagev1.Message, class result.Class) {
	b.t.Helper()
	_, err := b.try(m)
	if f := outcome.Classify(err); f == nil || f.Class != class {
		b.t.Fatalf("%v, want class %v", err, class)
	}
}

func (b *bridge) wantSent(m *messagev1.Message) {
	b.t.Helper()
	if _, err := b.try(m); err != nil {
		b.t.Fatal(err)
	}
}

// received is what a user has, in order.
func (b *bridge) received(user string) (texts []string) {
	for _, m := range b.api.Messages(user) {
		how := "push "
		if m.Reply {
			how = "reply "
		}
		texts = append(texts, how+m.Text)
	}
	return texts
}
