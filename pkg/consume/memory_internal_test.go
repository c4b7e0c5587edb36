//go:build !race

// The race detector has nothing to find here, and takes minutes to say so.

package consume

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/budget"
	"github.com/bonychat/puente/pkg/consume/internal/inherited"
	"github.com/bonychat/puente/pkg/consume/internal/progress"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestSuspendedChannelsTakeLittleMemory: their owner holds what waits for them, all of it, and the other channels'
// messages besides. Each with a full backlog takes less than 5 MB of the process.
func TestSuspendedChannelsTakeLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes two million messages")
	}
	const channels, contacts, most = 20, 2000, 20 * channelMost
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the collector would take most of the time
	bodies := make([][]byte, contacts)
	for contact := range bodies {
		bodies[contact] = waitingBody(t, contact)
	}
	before := heap()
	queues := make([]*Queue, channels)
	for c := range queues {
		queues[c] = suspended()
		for n := range topology.ChannelCap {
			queues[c].push(waitingMessage(n, bodies[n%contacts]))
		}
	}
	taken := heap() - before
	t.Logf("%d messages: %d MB, %d bytes each", channels*topology.ChannelCap, taken>>20, taken/(channels*topology.ChannelCap))
	if taken > most {
		t.Errorf("%d channels with %d messages each take %d MB, %d are allowed", channels, topology.ChannelCap, taken>>20, most>>20)
	}
	// a channel that is sent to keeps what comes, whatever the others have
	healthy := suspended()
	for n := range 10 {
		healthy.push(waitingMessage(n, bodies[n]))
	}
	if len(healthy.heads) != 10 {
		t.Errorf("a healthy channel keeps %d of 10 messages: it would read the others again", len(healthy.heads))
	}
	for _, q := range append(queues, healthy) {
		q.stop()
	}
	if left := budget.Held(); left != 0 {
		t.Errorf("%d bytes are not given back", left)
	}
}

// channelMost is what a channel with a full backlog may take, in bytes.
const channelMost = 5 << 20

// TestOneSuspendedChannelTakesLittleMemory, also where no other keeps anything: with all that its owner knows of what waits.
func TestOneSuspendedChannelTakesLittleMemory(t *testing.T) {
	for _, contacts := range []int{1, 2000} {
		bodies := make([][]byte, contacts)
		for contact := range bodies {
			bodies[contact] = waitingBody(t, contact)
		}
		before := heap()
		q := suspended()
		all := newQueues(q.partition)
		all.all["chn_01"] = q
		r := &reader{partition: q.partition, queues: all, inherits: inherited.New(inherited.Partition{}, nil)}
		for n := range topology.ChannelCap {
			r.take(waitingMessage(n, bodies[n%contacts]))
		}
		q.partition.progress.SetAside(time.Now())
		taken := heap() - before
		t.Logf("%d contacts: %d kB, %d kB of them bodies", contacts, taken>>10, budget.Held()>>10)
		if taken > channelMost {
			t.Errorf("a channel with %d messages of %d contacts takes %d kB", topology.ChannelCap, contacts, taken>>10)
		}
		if got := q.Len(); got != topology.ChannelCap {
			t.Errorf("%d wait", got)
		}
		runtime.KeepAlive(r)
		q.stop()
	}
}

// suspended is a queue whose heads all wait for an hour.
func suspended() *Queue {
	key := func(string) string { return "chn_01" }
	p := &partition{Feed: Feed{Key: key, Open: func(string) Options { return Options{Lanes: lanes.Options{Concurrency: 64}} }}, progress: progress.New(0)}
	q := newQueue(p, "chn_01")
	q.set = lanes.New(context.Background(), lanes.Options{Concurrency: 64}, func(context.Context, waiting) lanes.Next {
		return lanes.Next{Keep: true, After: time.Hour}
	})
	return q
}

// waitingBody is a text of 160 characters to a contact, as it is stored.
func waitingBody(t *testing.T, contact int) []byte {
	data, err := proto.Marshal(&eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: "0197c3a2-0000-7000-8000-000000000000", Network: "telegram", Channel: "chn_01", Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		Contact: &messagev1.Contact{Address: fmt.Sprintf("+34600%06d", contact)},
		Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: strings.Repeat("x", 160)}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// waitingMessage is a message as a consumer delivers it: what it holds is its own.
func waitingMessage(n int, body []byte) *bus.Message {
	return bus.Delivered(topology.EgressSubject("telegram", "chn_01"), uint64(n+1), bytes.Clone(body), map[string][]string{
		"Nats-Msg-Id": {fmt.Sprintf("0197c3a2-0000-7000-8000-%012d-0-0", n)}, "Puente-Stamp": {"1790000000000"},
		"traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
	})
}

// heap is what is alive, in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
