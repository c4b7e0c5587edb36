package floor_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/floor"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/topology"
)

// far is both destinations: what came, by path.
type far struct {
	mu     sync.Mutex
	came   map[string]map[string]int
	refuse atomic.Bool
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if f.refuse.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.came[r.URL.Path] == nil {
		f.came[r.URL.Path] = map[string]int{}
	}
	f.came[r.URL.Path][string(body)]++
	_, _ = io.WriteString(w, "answer to "+string(body))
}

func (f *far) count(path string) (distinct, all int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.came[path] {
		distinct++
		all += n
	}
	return distinct, all
}

func start(t *testing.T) (*far, *floor.Relay, *node.Node) {
	t.Helper()
	f := &far{came: map[string]map[string]int{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	n, err := node.Start(node.Options{Dir: t.TempDir(), Listen: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Stop)
	r, err := floor.Open(t.Context(), floor.Options{Node: n, Network: "phone", Replicas: 1, Far: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return f, r, n
}

func post(t *testing.T, r *floor.Relay, channel, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/channels/"+channel+"/message", strings.NewReader(body)))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), `{"mId":"`) {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func TestEveryMessageMakesAllHopsOnce(t *testing.T) {
	t.Parallel()
	f, r, n := start(t)
	const each = 100
	for i := range each {
		post(t, r, "c1", fmt.Sprintf("one %d", i))
		post(t, r, "c2", fmt.Sprintf("two %d", i))
	}
	for _, path := range []string{"/phone/c1/messages", "/phone/c2/messages", "/platform/c1", "/platform/c2"} {
		eventually(t, path+" has all", func() bool { distinct, _ := f.count(path); return distinct == each })
		if _, all := f.count(path); all != each {
			t.Errorf("%s was called %d times, want %d", path, all, each)
		}
	}
	b, err := bus.Connect("", bus.Options{Name: "test", Node: n})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close(context.WithoutCancel(t.Context()))
	for _, far := range []string{"phone", topology.Platform} {
		eventually(t, "EGRESS_"+far+" is empty", func() bool { left, err := b.Backlog(t.Context(), far, "c1"); return err == nil && left == 0 })
	}
	if err := r.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWhatIsHeardMakesItsHopsOnce: it comes to the platform, and not to the network.
func TestWhatIsHeardMakesItsHopsOnce(t *testing.T) {
	t.Parallel()
	f, r, _ := start(t)
	const each = 100
	for i := range each {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhooks/phone/c1", strings.NewReader(fmt.Sprintf("one %d", i))))
		if w.Code != http.StatusOK {
			t.Fatalf("answered %d", w.Code)
		}
	}
	eventually(t, "the platform has all", func() bool { distinct, _ := f.count("/platform/c1"); return distinct == each })
	if _, all := f.count("/platform/c1"); all != each {
		t.Errorf("the platform was called %d times, want %d", all, each)
	}
	if n, _ := f.count("/phone/c1/messages"); n > 0 {
		t.Errorf("the network was told %d of them", n)
	}
	if err := r.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAFloorThatLostAMessageSaysSo(t *testing.T) {
	t.Parallel()
	f, r, _ := start(t)
	f.refuse.Store(true)
	post(t, r, "c1", "hola")
	eventually(t, "it is not ready", func() bool { err := r.Ready(t.Context()); return err != nil && strings.Contains(err.Error(), "503") })
}

func TestCapLetsMoreIn(t *testing.T) {
	t.Parallel()
	_, _, n := start(t)
	if err := floor.Cap(t.Context(), n.URL(), topology.Egress("phone").Name, topology.ChannelCap+1); err != nil {
		t.Fatal(err)
	}
	if err := floor.Cap(t.Context(), n.URL(), "NO_SUCH", 1); err == nil {
		t.Error("a stream that is not there was changed")
	}
}
