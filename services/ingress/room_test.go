package ingress_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/ingress"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestAChannelWithTooMuchWaitingIsToldSoAndNoOther(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ChannelCap = 3 })
	for i := range 3 {
		if _, err := e.bus.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject("testnet", custom), ID: fmt.Sprint(i), Body: &eventv1.Event{}}); err != nil {
			t.Fatal(err)
		}
	}
	got := e.post(custom, textTo("ann", "hello"))
	if got.status != http.StatusTooManyRequests || !strings.Contains(got.refusal(t), "wait") {
		t.Errorf("%d %s, want 429 with a reason", got.status, got.body)
	}
	e.post(phone, textTo("+34600111222", "hello")).mID(t)
}

// The cap of a channel counts messages. Where they are large they would fill the stream below it, and close the door for all.
func TestAChannelWhoseMessagesTakeUpTheRoomIsToldSoAndNoOther(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	if err := provision.Apply(t.Context(), e.bus, []string{"testnet", "silent", "polled"}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	egress := topology.Egress("testnet").Name
	for i := 0; ; i++ {
		state, err := e.bus.State(t.Context(), egress)
		if err != nil {
			t.Fatal(err)
		}
		if float64(state.Bytes) > 0.5*float64(state.MaxBytes) {
			break
		}
		large := &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{Content: content.Text(strings.Repeat("x", 16<<10))}}}
		if _, err := e.bus.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject("testnet", custom), ID: fmt.Sprint(i), Body: large}); err != nil {
			t.Fatal(err)
		}
	}
	got := e.post(custom, textTo("ann", "hello"))
	if got.status != http.StatusTooManyRequests || !strings.Contains(got.refusal(t), "wait") {
		t.Errorf("%d %s, want 429 with a reason", got.status, got.body)
	}
	e.post(phone, textTo("+34600111222", "hello")).mID(t)
}

// While little waits for a network the broker is not asked what waits for each channel, and where much does, one request tells of
// all channels: what the door costs does not grow with them.
func TestTheDoorAsksForNoChannelAlone(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ChannelCap = 4 })
	requests := bustest.Requests(t, e.bus, "$JS.API.STREAM.INFO.EGRESS_testnet")
	// filters are those of the requests that asked for subjects
	filters := func() (all []string) {
		for _, body := range requests() {
			var request struct {
				Filter string `json:"subjects_filter"`
			}
			if _ = json.Unmarshal(body, &request); request.Filter != "" {
				all = append(all, request.Filter)
			}
		}
		return all
	}
	e.post(custom, textTo("ann", "hello")).mID(t)
	e.post(phone, textTo("+34600111222", "hello")).mID(t)
	if got := filters(); len(got) > 0 {
		t.Errorf("nothing waits, and it was asked for %v", got)
	}
	for i := range 4 {
		channel := custom
		if i == 3 {
			channel = phone
		}
		if _, err := e.bus.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject("testnet", channel), ID: fmt.Sprint(i), Body: &eventv1.Event{}}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	bustest.Eventually(t, "the door looks closer", func() bool {
		e.post(custom, textTo("ann", "hello")).mID(t)
		e.post(phone, textTo("+34600111222", "hello")).mID(t)
		got = append(got, filters()...)
		return len(got) > 0
	})
	for _, filter := range got {
		if filter != topology.EgressSubjects("testnet") {
			t.Errorf("it was asked for %s", filter)
		}
	}
}
