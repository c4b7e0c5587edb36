package outcomes

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestTheOldestAreForgotten, and the first result under a key stays.
func TestTheOldestAreForgotten(t *testing.T) {
	t.Parallel()
	f := NewFinished()
	f.Add("first", eventv1.Result_RESULT_SENT)
	f.Add("second", eventv1.Result_RESULT_FAILED)
	f.Add("second", eventv1.Result_RESULT_SENT)
	if r, ok := f.Get("second"); !ok || r != eventv1.Result_RESULT_FAILED {
		t.Errorf("%v, %t", r, ok)
	}
	for i := range finishedKept - 1 {
		f.Add(fmt.Sprint(i), eventv1.Result_RESULT_SENT)
	}
	if f.Has("first") || !f.Has("second") || len(f.results) != finishedKept {
		t.Errorf("first %t, second %t, %d are remembered", f.Has("first"), f.Has("second"), len(f.results))
	}
}

// TestAnOutcomeSaysWhoseItIs: of a message, of an echo of one, and of a status alike.
func TestAnOutcomeSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	at := timestamppb.Now()
	m := &messagev1.Message{
		Id: "m1", Generation: 2, Network: "testnet", AcceptedAt: at, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		Contact: &messagev1.Contact{Address: "ann"}, Part: &messagev1.Part{Index: 1, Count: 3},
	}
	want := &eventv1.Outcome{
		Id: "m1", Generation: 2, Network: "testnet", AcceptedAt: at, Direction: messagev1.Direction_DIRECTION_OUTBOUND, Address: "ann",
		Part: 1, Parts: 3, Result: eventv1.Result_RESULT_SENT,
	}
	status := &eventv1.StatusUpdate{Id: "m1", Generation: 2, Network: "testnet", AcceptedAt: at, Address: "ann"}
	ofStatus := &eventv1.Outcome{Id: "m1", Generation: 2, Network: "testnet", AcceptedAt: at, Address: "ann", Parts: 1, Result: eventv1.Result_RESULT_SENT}
	for name, test := range map[string]struct {
		event *eventv1.Event
		want  *eventv1.Outcome
	}{
		"a message": {&eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}, want},
		"an echo":   {&eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: m}}}, want},
		"a status":  {&eventv1.Event{Kind: &eventv1.Event_Status{Status: status}}, ofStatus},
	} {
		o := Of(test.event, eventv1.Result_RESULT_SENT)
		if o.GetAt() == nil {
			t.Errorf("%s: no time", name)
		}
		if o.At = nil; !proto.Equal(o, test.want) {
			t.Errorf("%s: %v, want %v", name, o, test.want)
		}
	}
}
