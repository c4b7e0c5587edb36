package allinone

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestDeadLettersByTheCommandLine(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "telegram", "phone")
	b := s.Connect("test")
	bury := func(e *eventv1.Event, subject, network, channel, key string) {
		t.Helper()
		body, err := proto.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.DeadSubject("translator", network, channel), Body: &eventv1.DeadLetter{
			Service: "translator", Network: network, Channel: channel, Subject: subject, Key: key, Reason: "why " + key, Body: body, At: timestamppb.Now(),
		}}); err != nil {
			t.Fatal(err)
		}
	}
	message := func(id, network, channel string) *eventv1.Event {
		return &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
			Id: id, Network: network, Channel: channel, Contact: &messagev1.Contact{Address: "+34600111222"},
			Direction: messagev1.Direction_DIRECTION_INBOUND, AcceptedAt: timestamppb.Now(), Content: provider.Text("zanahoria"),
		}}}
	}
	if err := directory.Fill(t.Context(), b, []directory.Entry{{
		Channel: directory.Channel{ID: "quiet", Network: "telegram", ContactID: "custom"}, Account: []byte("{}"), Platform: []byte("{}"),
	}}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		id := fmt.Sprintf("m%d", i)
		bury(message(id, "telegram", "A"), topology.MessageSubject("telegram", "A", "+34600111222"), "telegram", "A", id)
	}
	bury(message("p1", "phone", "P"), topology.MessageSubject("phone", "P", "+34600111222"), "phone", "P", "p1")
	bury(&eventv1.Event{Kind: &eventv1.Event_Status{Status: &eventv1.StatusUpdate{Id: "x", Channel: "A"}}}, topology.EgressSubject(topology.Platform, "A"), "telegram", "A", "x-0-sent")
	bury(&eventv1.Event{}, topology.MessageSubject("phone", "P", ""), "phone", "P", "unknown")

	for _, test := range []struct {
		args   string
		status int
		want   []string
		not    []string
	}{
		{"dead", exitOK, []string{"m0", "m1", "m2", "p1", "x-0-sent", "unknown", "why m1"}, []string{"zanahoria", "600111222", "there are more"}},
		{"dead --channel P --limit 1", exitOK, []string{"p1", "there are more: --after 4"}, []string{"m0"}},
		{"dead --network telegram --after 2", exitOK, []string{"m2"}, []string{"m1", "p1"}},
		{"dead --since 1h --channel A", exitOK, []string{"m0"}, nil},
		{"dead --limit 0", exitError, []string{"--limit must be 1 to 10000"}, nil},
		{"dead --since -1h", exitError, []string{"--since must not be negative"}, nil},
		{"dead --data nowhere", exitError, []string{"--url and --data name two brokers"}, nil},
		{"dead what", exitUsage, []string{"unexpected argument"}, nil},
		{"replay", exitError, []string{"say what to bring back"}, nil},
		{"replay --all --channel A", exitError, []string{"say what to bring back"}, nil},
		{"replay --key nobody", exitError, []string{"there is no dead letter of the message or key nobody"}, nil},
		{"replay --key m1", exitOK, []string{"channel A: inbound m1 is on its way again", "on their way again: 1,"}, []string{"m0", "zanahoria"}},
		{"replay --key m1", exitError, []string{"there is no dead letter"}, nil},
		{"replay --network telegram", exitOK, []string{"m0 is on its way", "m2 is on its way", "on their way again: 2, needed nothing: 0, stay: 0, stale statuses: 1"}, []string{"m1", "p1"}},
		{"replay --all", exitError, []string{"p1 is on its way", "unknown stays: it cannot be brought back", "stay: 1", "1 dead letter could not be brought back"}, nil},
		{"replay --channel nobody", exitError, []string{`there is no channel "nobody": there is only quiet`}, nil},
		{"dead --channel nobody", exitError, []string{`there is no channel "nobody": there is only quiet`}, []string{"no dead letters"}},
		{"dead --network telegrm", exitError, []string{`there is no network "telegrm": there are `, "telegram"}, []string{"no dead letters"}},
		{"replay --network telegrm", exitError, []string{`there is no network "telegrm"`}, nil},
		{"dead --channel quiet", exitOK, []string{"no dead letters"}, nil},
		{"replay --channel quiet", exitOK, []string{"no dead letters"}, nil},
		{"dead --channel quiet --network phone", exitError, []string{"channel quiet is one of the network telegram, not of phone"}, nil},
		{"dead --network line", exitOK, []string{"no dead letters"}, nil},
		{"dead --channel A --since 1ns", exitOK, []string{"no dead letters"}, nil}, // a removed channel left some
		{"dead", exitOK, []string{"x-0-sent", "unknown"}, []string{"m0", "m1", "m2", "p1"}},
	} {
		words := strings.Fields(test.args)
		out, errs, status := commandLine(append([]string{words[0], "--url", s.URL()}, words[1:]...)...)
		if status != test.status {
			t.Errorf("%s: status %d, %s%s", test.args, status, out, errs)
		}
		for _, want := range test.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", test.args, want, out, errs)
			}
		}
		for _, not := range test.not {
			if strings.Contains(out+errs, not) {
				t.Errorf("%s: %q in\n%s%s", test.args, not, out, errs)
			}
		}
	}
}

func TestABrokerThatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for args, want := range map[string]string{
		"dead --data " + dir:                   "no puente up is running on the data folder " + dir,
		"replay --all --data " + dir:           "no puente up is running on the data folder " + dir,
		"dead -f " + dir + "/none.yaml":        "read configuration",
		"dead --url nats://127.0.0.1:1":        "connect to nats",
		"replay --all --url " + emptyBroker(t): "stream DEAD",
	} {
		if out, errs, status := commandLine(strings.Fields(args)...); status != exitError || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s%s", args, status, out, errs)
		}
	}
}

func emptyBroker(t *testing.T) string { return bustest.StartEmpty(t).URL() }

// TestADeadLetterIsShownWhole: an operator sees who wrote what where no agent can; and only where they ask for it.
func TestADeadLetterIsShownWhole(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "twilio")
	b := s.Connect("test")
	body, err := proto.Marshal(&eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: "m1", Network: "twilio", Channel: "A", Contact: &messagev1.Contact{Address: "Amazon"},
		Direction: messagev1.Direction_DIRECTION_INBOUND, AcceptedAt: timestamppb.Now(), Content: provider.Text("tu código\x1b[2J es 1"),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.DeadSubject("translator", "twilio", "A"), Body: &eventv1.DeadLetter{
		Service: "translator", Network: "twilio", Channel: "A", Subject: topology.MessageSubject("twilio", "A", "Amazon"), Key: "m1",
		Reason: "the sender has no phone number", Body: body, At: timestamppb.Now(),
	}}); err != nil {
		t.Fatal(err)
	}
	out, errs, status := commandLine("dead", "--url", s.URL(), "--show", "1")
	for _, want := range []string{"Amazon", "tu código\ufffd[2J es 1", "the sender has no phone number"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not shown (%d):\n%s%s", want, status, out, errs)
		}
	}
	if _, errs, status := commandLine("dead", "--url", s.URL(), "--show", "7"); status == 0 || !strings.Contains(errs, "no dead letter 7") {
		t.Errorf("a letter that is not there: %d %s", status, errs)
	}
}
