package translator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"
)

// capChannel bounds how many messages of one channel a stream takes.
func (b *bridge) capChannel(stream string, most int) {
	b.t.Helper()
	b.broker.mu.Lock()
	defer b.broker.mu.Unlock()
	info, err := b.broker.ask("$JS.API.STREAM.INFO."+stream, "")
	if err != nil {
		b.t.Fatal(err)
	}
	var about struct {
		Config map[string]any `json:"config"`
	}
	if err := json.Unmarshal(info, &about); err != nil {
		b.t.Fatal(err)
	}
	about.Config["max_msgs_per_subject"] = most
	config, err := json.Marshal(about.Config)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.broker.ask("$JS.API.STREAM.UPDATE."+stream, string(config))
	if err != nil || !strings.Contains(string(answer), fmt.Sprintf(`"max_msgs_per_subject":%d`, most)) || strings.Contains(string(answer), `"error"`) {
		b.t.Fatalf("%s, %v", answer, err)
	}
}

// What the platform's backlog cannot take is a dead letter, never said to be on its way, and comes when it is brought
// back.
func TestWhatTheBacklogCannotTakeIsBroughtBack(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.capChannel("EGRESS_"+topology.Platform, 1)
	b.take(inbound(custom, "i1", "ana", content.Text("uno")))
	b.sent(topology.Platform, 1)
	b.take(inbound(custom, "i2", "luis", content.Text("dos")))
	if d := b.dead(custom); !strings.Contains(d.GetReason(), "backlog") {
		t.Errorf("%v", d)
	}
	hops, _ := b.history("i2")
	if diff := cmp.Diff([]string{"egress-testnet accepted", "translator dead"}, hops); diff != "" {
		t.Error(diff)
	}

	b.capChannel("EGRESS_"+topology.Platform, 1000)
	b.eventually("it is brought back", func() bool {
		letters, _, err := deadletter.List(t.Context(), b.bus, deadletter.Query{Channel: custom})
		if err != nil || len(letters) != 1 {
			t.Fatalf("%v, %v", letters, err)
		}
		again, err := deadletter.Replay(t.Context(), b.bus, letters)
		return again && err == nil // its acknowledgement may be on its way
	})
	got := b.sent(topology.Platform, 2)
	if key := got[1].header.Get("Nats-Msg-Id"); key != "i2-1-0" {
		t.Errorf("the key is %s", key)
	}
	b.eventually("the journal has its second way", func() bool { hops, _ := b.history("i2"); return len(hops) >= 5 })
	hops, _ = b.history("i2")
	want := map[string]int{"egress-testnet accepted": 2, "translator dead": 1, "test replayed": 1, "translator routed": 1}
	count := map[string]int{}
	for _, h := range hops {
		count[h]++
	}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
}
