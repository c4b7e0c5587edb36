package natsconf_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/customchannel"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
)

// phone is a contact of channel W: as WhatsApp, and as the platform names it.
const phone, phoneID = "34600111222", "+34600111222"

// A day of two networks under the written accounts: what operators and contacts do seldom goes on too, and nobody asks for more than it
// has.
func TestADayUnderTheirRights(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, 1)
	for _, name := range []string{"translator", "egress-bonychat", "egress-telegram", "egress-whatsapp", "ingress", "control"} {
		d.run(name)
	}
	d.bot.Register(telegramtest.Webhook{URL: "http://" + d.public + "/webhooks/telegram/T", SecretToken: botSecret})
	d.number.Register("http://" + d.public + "/webhooks/whatsapp/W")
	d.number.Receipts(whatsapptest.Receipts{Statuses: []string{"sent", "delivered", "read"}})
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"two networks", d.twoNetworks}, {"poll", d.poll}, {"questions", d.questions}, {"dead letter", d.deadLetter},
		{"pause", d.pause}, {"operator", d.operator}, {"kill", d.kill},
	} {
		part.run()
		if refused := d.refused.all(); len(refused) > 0 {
			t.Fatalf("%s: refused:\n%s", part.name, strings.Join(refused, "\n"))
		}
	}
}

// twoNetworks has contacts of both write and be answered at once; the receipts of one come to the platform.
func (d *deployment) twoNetworks() {
	d.t.Helper()
	const each = 5
	for i := range each {
		d.deliver(d.bot.Text(201, fmt.Sprint("de telegram ", i)))
		d.call(d.number.Text(phone, fmt.Sprint("de whatsapp ", i)))
		d.send("201", fmt.Sprint("a telegram ", i))
		d.post("W", phoneID, map[string]any{"type": "text", "text": fmt.Sprint("a whatsapp ", i)})
	}
	d.eventually(60*time.Second, "both contacts have all", func() bool {
		return len(d.bot.Messages(201)) == each && len(d.number.Messages(phoneID)) == each
	})
	for i := range each {
		if a, b := d.bot.Messages(201)[i].Text, d.number.Messages(phoneID)[i].Text(); a != fmt.Sprint("a telegram ", i) || b != fmt.Sprint("a whatsapp ", i) {
			d.t.Errorf("%d: %q and %q", i, a, b)
		}
	}
	d.eventually(60*time.Second, "the platform has the messages and their receipts", func() bool {
		return len(d.texts("201")) == each && len(d.texts(phoneID)) == each &&
			d.statuses("201", customchannel.StatusSent) == each && d.statuses(phoneID, customchannel.StatusRead) == each
	})
}

// poll has a contact of the bot whose updates are asked for write and be answered.
func (d *deployment) poll() {
	d.t.Helper()
	d.polled.Queue(d.polled.Text(202, "por sondeo"))
	d.post("P", "202", map[string]any{"type": "text", "text": "buenas"})
	d.eventually(60*time.Second, "both ways by polling", func() bool { return len(d.texts("202")) == 1 && len(d.polled.Messages(202)) == 1 })
}

// questions has contacts be asked, and answer by a word on one network and by a number on the other, where the answers are too long for
// buttons.
func (d *deployment) questions() {
	d.t.Helper()
	before := len(d.number.Messages(phoneID))
	long := []string{"el martes que viene por la mañana", "el jueves que viene por la tarde"}
	d.post("T", "203", map[string]any{"type": "quick_reply", "title": "¿Sí?", "replies": []string{"Sí", "No"}})
	d.post("W", phoneID, map[string]any{"type": "quick_reply", "title": "¿Cuándo?", "replies": long})
	d.eventually(60*time.Second, "the questions", func() bool { return len(d.bot.Messages(203)) == 1 && len(d.number.Messages(phoneID)) > before })
	if k := d.bot.Messages(203)[0].Keyboard; len(k) == 0 {
		d.t.Error("there is no keyboard")
	}
	d.deliver(d.bot.Text(203, "No"))
	d.call(d.number.Text(phone, "2"))
	d.eventually(60*time.Second, "the answers", func() bool {
		return slices.Contains(d.texts("203"), "No") && slices.Contains(d.texts(phoneID), long[1])
	})
}

// deadLetter has a message be refused, and be sent again by an operator.
func (d *deployment) deadLetter() {
	d.t.Helper()
	d.bot.Block(204, true)
	id := d.post("T", "204", map[string]any{"type": "text", "text": "perdido"})
	failures := controlv1connect.NewFailureServiceClient(http.DefaultClient, d.control, asOperator())
	d.eventually(60*time.Second, "the platform is told that it failed", func() bool { return d.statuses("204", customchannel.StatusFailed) == 1 })
	d.eventually(60*time.Second, "it is listed", func() bool {
		listed, err := failures.ListFailures(d.t.Context(), connect.NewRequest(&controlv1.ListFailuresRequest{}))
		return err == nil && len(listed.Msg.GetFailures()) == 1 && listed.Msg.GetFailures()[0].GetId() == id
	})
	d.bot.Block(204, false)
	replay, err := failures.ReplayFailures(d.t.Context(), connect.NewRequest(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Channel: "T"}, WaitSeconds: 60}))
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = replay.Close() }()
	for replay.Receive() {
	}
	if err := replay.Err(); err != nil {
		d.t.Error(err)
	}
	d.eventually(60*time.Second, "it arrives", func() bool { return len(d.bot.Messages(204)) == 1 })
}

// pause has an operator pause a channel and resume it; what came meanwhile goes then.
func (d *deployment) pause() {
	d.t.Helper()
	channels := controlv1connect.NewChannelServiceClient(http.DefaultClient, d.control, asOperator())
	if _, err := channels.PauseChannel(d.t.Context(), connect.NewRequest(&controlv1.PauseChannelRequest{Channel: "T", Reason: "a fair"})); err != nil {
		d.t.Fatal(err)
	}
	stands := func() *controlv1.Channel {
		c, err := channels.GetChannel(d.t.Context(), connect.NewRequest(&controlv1.GetChannelRequest{Channel: "T"}))
		if err != nil {
			d.t.Fatal(err)
		}
		return c.Msg.GetChannel()
	}
	d.send("205", "espera")
	d.eventually(60*time.Second, "it waits", func() bool {
		c := stands()
		return c.GetState() == controlv1.ChannelState_CHANNEL_STATE_PAUSED && c.GetWaiting() == 1
	})
	if n := len(d.bot.Messages(205)); n != 0 {
		d.t.Errorf("%d messages went through a pause", n)
	}
	resumed, err := channels.ResumeChannel(d.t.Context(), connect.NewRequest(&controlv1.ResumeChannelRequest{Channel: "T"}))
	if err != nil || !resumed.Msg.GetWasPaused() {
		d.t.Errorf("%v, %v", resumed, err)
	}
	d.eventually(60*time.Second, "it goes", func() bool { return len(d.bot.Messages(205)) == 1 })
	checked, err := channels.CheckChannel(d.t.Context(), connect.NewRequest(&controlv1.CheckChannelRequest{Channel: "T"}))
	if err != nil {
		d.t.Errorf("check: %v, %v", checked, err)
	}
}

// operator asks what operators ask.
func (d *deployment) operator() {
	d.t.Helper()
	messages := controlv1connect.NewMessageServiceClient(http.DefaultClient, d.control, asOperator())
	channels := controlv1connect.NewChannelServiceClient(http.DefaultClient, d.control, asOperator())
	system := controlv1connect.NewSystemServiceClient(http.DefaultClient, d.control, asOperator())
	id := d.post("W", phoneID, map[string]any{"type": "text", "text": "¿dónde?"})
	d.eventually(60*time.Second, "its way", func() bool {
		found, err := messages.Where(d.t.Context(), connect.NewRequest(&controlv1.WhereRequest{Query: id}))
		return err == nil && len(found.Msg.GetMessages()) == 1 && len(found.Msg.GetMessages()[0].GetHops()) > 2
	})
	d.eventually(60*time.Second, "the messages of a network", func() bool {
		listed, err := messages.ListMessages(d.t.Context(), connect.NewRequest(&controlv1.ListMessagesRequest{Network: "whatsapp"}))
		return err == nil && len(listed.Msg.GetMessages()) > 10
	})
	listed, err := channels.ListChannels(d.t.Context(), connect.NewRequest(&controlv1.ListChannelsRequest{}))
	if err != nil || len(listed.Msg.GetChannels()) != 3 {
		d.t.Errorf("channels: %v, %v", listed, err)
	}
	if _, err := system.Status(d.t.Context(), connect.NewRequest(&controlv1.StatusRequest{})); err != nil {
		d.t.Errorf("status: %v", err)
	}
	if _, err := system.Backlog(d.t.Context(), connect.NewRequest(&controlv1.BacklogRequest{})); err != nil {
		d.t.Errorf("backlog: %v", err)
	}
	if _, err := system.Streams(d.t.Context(), connect.NewRequest(&controlv1.StreamsRequest{})); err != nil {
		d.t.Errorf("streams: %v", err)
	}
	if p, err := system.Processes(d.t.Context(), connect.NewRequest(&controlv1.ProcessesRequest{})); err != nil || len(p.Msg.GetProcesses()) < 6 {
		d.t.Errorf("processes: %v, %v", p, err)
	}
}

// kill has services die while they have work: others take over what they had.
func (d *deployment) kill() {
	d.t.Helper()
	for i, name := range []string{"egress-telegram", "translator"} {
		contact := int64(206 + i)
		d.end(name, d.running[name])
		d.killed(name, func() {
			d.send(fmt.Sprint(contact), "antes")
			d.eventually(60*time.Second, name+" works as a process of its own", func() bool { return len(d.bot.Messages(contact)) == 1 })
			d.send(fmt.Sprint(contact), "entre")
		})
		d.run(name)
		d.send(fmt.Sprint(contact), "después")
		d.deliver(d.bot.Text(contact, "hola"))
		d.eventually(90*time.Second, "what a killed "+name+" left goes on", func() bool {
			sent := d.bot.Messages(contact)
			// what was on the wire when it was killed may come twice
			return len(sent) >= 3 && sent[len(sent)-1].Text == "después" && slices.ContainsFunc(sent, func(m telegramtest.Message) bool { return m.Text == "entre" }) &&
				slices.Contains(d.texts(fmt.Sprint(contact)), "hola")
		})
	}
}

// call delivers a call as WhatsApp does.
func (d *deployment) call(changes ...whatsapptest.Change) {
	d.t.Helper()
	if status, err := d.number.Deliver(d.t.Context(), changes...); err != nil || status != http.StatusOK {
		d.t.Fatalf("call: %d, %v", status, err)
	}
}

// texts are what a contact wrote, as the platform has it.
func (d *deployment) texts(contact string) (texts []string) {
	for _, e := range d.platform.events(contact) {
		if e.Message != nil {
			texts = append(texts, e.Message.Text)
		}
	}
	return texts
}

// statuses are how often the platform was told a status of messages to a contact.
func (d *deployment) statuses(contact string, value customchannel.StatusValue) (n int) {
	for _, e := range d.platform.events(contact) {
		if e.Status != nil && e.Status.Value == value {
			n++
		}
	}
	return n
}

// asOperator shows an operator's token.
func asOperator() connect.ClientOption { return connect.WithInterceptors(operatorAuth{}) }

type operatorAuth struct{}

func (operatorAuth) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
		r.Header().Set("Authorization", "Bearer "+operatorToken)
		return next(ctx, r)
	}
}

func (operatorAuth) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, s connect.Spec) connect.StreamingClientConn {
		c := next(ctx, s)
		c.RequestHeader().Set("Authorization", "Bearer "+operatorToken)
		return c
	}
}

func (operatorAuth) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}
