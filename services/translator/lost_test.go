package translator_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// store is a broker in a folder, with a translator: it can be stopped, damaged and started again.
type store struct {
	t      *testing.T
	dir    string
	server *bustest.Server
	bus    *bus.Bus
	stop   func()
}

func (s *store) start() {
	s.t.Helper()
	server, stop := bustest.StartIn(s.t, s.dir)
	s.server = server
	if err := provision.Apply(s.t.Context(), server.Connect("provision"), []string{network}, provision.Storage{Replicas: 1, Bytes: 256 << 20}); err != nil {
		s.t.Fatal(err)
	}
	s.bus = server.Connect("test")
	if err := directory.Fill(s.t.Context(), s.bus, []directory.Entry{{
		Channel: directory.Channel{ID: custom, Network: network, ContactID: "custom"}, Account: []byte(`{}`), Platform: []byte(`{}`),
	}}); err != nil {
		s.t.Fatal(err)
	}
	if err := directory.Declare(s.t.Context(), s.bus, network, provider.Description{Name: network, Carries: provider.Carries{Text: provider.Limit{Max: 1 << 20}}, SendTimeout: time.Second}); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	done := make(chan error, 1)
	connected := server.Connect("translator")
	env := service.Env{Bus: connected, Shards: shardtest.Sole(connected), Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)), Started: func() {}}
	go func() { done <- translator.Run(ctx, env) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("translator: %v", err)
		}
		stop()
	})
}

// waiting are the keys of what waits for a far end, parts of messages.
func (s *store) waiting(far string) (keys []string) {
	s.t.Helper()
	for _, e := range s.stored("EGRESS_" + far) {
		if m := e.GetMessage(); m != nil {
			keys = append(keys, topology.MessageKey(m))
		}
	}
	return keys
}

// stored is what a stream holds.
func (s *store) stored(stream string) (events []*eventv1.Event) {
	s.t.Helper()
	for _, m := range s.server.Stored(stream, 0) {
		e := &eventv1.Event{}
		m.Into(s.t, e)
		events = append(events, e)
	}
	return events
}

// until waits for something that comes by itself.
func (s *store) until(what string, is func() bool) {
	s.t.Helper()
	for began := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 60*time.Second {
			s.t.Fatalf("not within a minute: %s", what)
		}
	}
}

// Ways in which a disk loses blocks of a stream, which are given in their order.
var damages = map[string]func(blocks []string) error{
	"the last is cut off": func(blocks []string) error {
		last := blocks[len(blocks)-1]
		info, err := os.Stat(last)
		if err != nil {
			return err
		}
		return os.Truncate(last, info.Size()/2)
	},
	"a middle one is zeroed": func(blocks []string) error {
		middle := blocks[len(blocks)/2]
		info, err := os.Stat(middle)
		if err != nil {
			return err
		}
		return os.WriteFile(middle, make([]byte, info.Size()), 0o600)
	},
	"one is gone":      func(blocks []string) error { return os.Remove(blocks[1]) },
	"the last is gone": func(blocks []string) error { return os.Remove(blocks[len(blocks)-1]) },
}

// TestWhatADamagedStoreLostIsNotSilent: each waiting message is still there, has failed with a reason that the agent is
// told, once, or is a dead letter, whichever way it went and however the blocks were lost. killed means that the server's
// own index is older than its blocks, as after kill -9: then it does not know what is missing.
func TestWhatADamagedStoreLostIsNotSilent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		damage, far string
		killed      bool
	}{
		{"the last is cut off", network, true},
		{"a middle one is zeroed", network, false},
		{"one is gone", network, true},
		{"the last is gone", network, false},
		{"the last is cut off", topology.Platform, true},
		{"one is gone", topology.Platform, true},
	} {
		t.Run(fmt.Sprintf("%s, %s, killed %t", test.damage, test.far, test.killed), func(t *testing.T) {
			damaged(t, damages[test.damage], test.far, test.killed)
		})
	}
}

// damaged lets messages wait for a far end, damages what keeps them, and starts again, twice.
func damaged(t *testing.T, damage func(blocks []string) error, far string, killed bool) {
	const n = 90
	s := &store{t: t, dir: t.TempDir()}
	s.start()
	defer func() { s.stop() }()
	for i := range n {
		m := outbound(custom, fmt.Sprintf("m%03d", i), "ann", content.Text(strings.Repeat("x", 100<<10)))
		if far == topology.Platform {
			m.Direction = messagev1.Direction_DIRECTION_INBOUND
		}
		if _, err := s.bus.Publish(t.Context(), bus.Post{Subject: topology.MessageSubject(network, custom, "ann"), ID: topology.MessageKey(m), Body: message(m)}); err != nil {
			t.Fatal(err)
		}
	}
	s.until("all wait", func() bool { return len(s.stored("MESSAGES")) == 0 })
	all := s.waiting(far)
	s.stop()
	folder := filepath.Join(s.dir, "jetstream", "$G", "streams", "EGRESS_"+far, "msgs")
	if killed {
		if err := os.Remove(filepath.Join(folder, "index.db")); err != nil {
			t.Fatal(err)
		}
	}
	if err := damage(blocksIn(t, folder)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second start finds nothing new
		s.start()
		left := s.waiting(far)
		if len(left) == 0 || len(left) == len(all) {
			t.Fatalf("%d of %d are left: nothing was damaged, or all", len(left), len(all))
		}
		s.until("what is lost has ended", func() bool { return silent(all, append(left, s.ended(far)...)) == "" })
		s.until("who has to know is told", func() bool { return len(s.told(far)) >= len(s.ended(far)) })
		if told, ended := s.told(far), s.ended(far); len(told) != len(ended) {
			t.Errorf("%d are told of %d", len(told), len(ended))
		}
		s.stop()
	}
}

// silent is the first of these keys that nobody hears of, "" for none. Of a message that is lost with all its parts, how
// many there were is lost too: one of them stands for all.
func silent(all, accounted []string) string {
	whole := map[string]bool{} // by message: nothing but its first part is known
	parts := map[string]int{}
	for _, key := range accounted {
		id, _, _ := strings.Cut(key, "-")
		parts[id]++
		whole[id] = strings.HasSuffix(key, "-0-0") && parts[id] == 1
	}
	for _, key := range all {
		id, _, _ := strings.Cut(key, "-")
		if !whole[id] && !slices.Contains(accounted, key) {
			return key
		}
	}
	return ""
}

// ended are the keys of what has failed.
func (s *store) ended(far string) (keys []string) {
	s.t.Helper()
	for _, e := range s.stored("OUTCOMES_" + far) {
		if o := e.GetOutcome(); o.GetResult() == eventv1.Result_RESULT_FAILED && strings.Contains(o.GetReason(), "damaged") {
			keys = append(keys, o.GetKey())
		}
	}
	return keys
}

// told is who was told of what is lost: the platform by a status, the operator by a dead letter.
func (s *store) told(far string) (ids []string) {
	s.t.Helper()
	if far == topology.Platform {
		letters, _, err := deadletter.List(s.t.Context(), s.bus, deadletter.Query{Limit: 1000})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, l := range letters {
			if strings.Contains(l.Why.String(), "damaged") {
				ids = append(ids, l.Key)
			}
		}
		return ids
	}
	for _, e := range s.stored("EGRESS_" + topology.Platform) {
		if u := e.GetStatus(); u.GetStatus() == eventv1.Status_STATUS_FAILED && strings.Contains(u.GetReason(), "se dañó") {
			ids = append(ids, u.GetId())
		}
	}
	return ids
}

// blocksIn are the block files of a stream, in their order.
func blocksIn(t *testing.T, folder string) []string {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(folder, "*.blk"))
	if err != nil || len(blocks) < 3 {
		t.Fatalf("%q, %v", blocks, err)
	}
	number := func(path string) int {
		n, _ := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".blk"))
		return n
	}
	slices.SortFunc(blocks, func(a, b string) int { return number(a) - number(b) })
	return blocks
}
