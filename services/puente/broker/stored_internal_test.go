package broker

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// TestAStoredMessageIsPrintedWithoutWhatIsPersonal, unless that is asked for.
func TestAStoredMessageIsPrintedWithoutWhatIsPersonal(t *testing.T) {
	t.Parallel()
	const words, address = "mi clave es 1234", "+34600111222"
	message := &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: "m1", Network: "telegram", Channel: "ch1", Contact: &messagev1.Contact{Address: address},
		Content: &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: words, Replies: []string{words, words}}}},
	}}}
	outcome := &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{Key: "m1-0-0", Address: address}}}
	body, _ := proto.Marshal(message)
	for subject, m := range map[string]proto.Message{
		topology.EgressSubject("telegram", "ch1"):                message,
		topology.OutcomeSubject("telegram", "ch1", "m1-0-0"):     outcome,
		topology.DeadSubject("egress-telegram", "telegram", "c"): &eventv1.DeadLetter{Key: "m1-0-0", Body: body},
		topology.WebhookSubject("telegram", "ch1"):               &webhookv1.Call{Network: "telegram", Body: []byte(words)},
	} {
		data, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		stored := bus.Delivered(subject, 7, data, map[string][]string{"Nats-Msg-Id": {"m1-0-0"}})
		var shown, whole bytes.Buffer
		if err := printStored(stored, false, &shown); err != nil {
			t.Fatal(err)
		}
		if err := printStored(stored, true, &whole); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(shown.String(), words) || strings.Contains(shown.String(), address) || strings.Contains(shown.String(), "Y2xhdmU") {
			t.Errorf("%s: %s", subject, &shown)
		}
		if !strings.Contains(shown.String(), `"sequence": 7`) || !strings.Contains(shown.String(), `"Nats-Msg-Id": "m1-0-0"`) || whole.Len() <= shown.Len()-20 {
			t.Errorf("%s: %s, and with content %s", subject, &shown, &whole)
		}
	}
}

// TestEntriesThatAreStoredTogetherArePrintedOneByOne, each as one that is stored alone.
func TestEntriesThatAreStoredTogetherArePrintedOneByOne(t *testing.T) {
	t.Parallel()
	status := func(id string) *eventv1.Event {
		return &eventv1.Event{Kind: &eventv1.Event_Status{Status: &eventv1.StatusUpdate{Id: id}}}
	}
	texts := status("m1")
	texts.More = []*eventv1.Event{status("m2")}
	for subject, body := range map[string]proto.Message{
		topology.JournalOfSeveral("telegram"):    &journalv1.Entry{Id: "m1", More: []*journalv1.Entry{{Id: "m2"}}},
		topology.SentOfSeveral("telegram", "b1"): texts,
	} {
		data, err := proto.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := printStored(bus.Delivered(subject, 7, data, nil), false, &out); err != nil {
			t.Fatal(err)
		}
		var shown struct{ Bodies []json.RawMessage }
		if err := json.Unmarshal(out.Bytes(), &shown); err != nil || len(shown.Bodies) != 2 ||
			!bytes.Contains(shown.Bodies[0], []byte(`"m1"`)) || bytes.Contains(shown.Bodies[0], []byte(`"m2"`)) || !bytes.Contains(shown.Bodies[1], []byte(`"m2"`)) {
			t.Errorf("%s: %s: %v", subject, &out, err)
		}
	}
}

// TestEveryStreamSaysWhatItHolds, by types that there are.
func TestEveryStreamSaysWhatItHolds(t *testing.T) {
	t.Parallel()
	for _, s := range topology.Streams([]string{"telegram"}) {
		if topology.Purpose(s.Name) == "" {
			t.Errorf("%s has no purpose", s.Name)
		}
		for _, subject := range s.Subjects {
			kind := topology.Body(subject)
			if kind == "" && s.Name != topology.Files.Name {
				t.Errorf("%s: what is under %s is not said", s.Name, subject)
			}
			if kind == "" {
				continue
			}
			if _, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(kind)); err != nil {
				t.Errorf("%s: %s: %v", subject, kind, err)
			}
		}
	}
	for _, b := range topology.Buckets() {
		if topology.Purpose(topology.BucketStream+b.Name) == "" {
			t.Errorf("%s has no purpose", b.Name)
		}
	}
}
