package bridge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/networks"
)

// idleMost is what one more channel where nothing happens may keep in memory, in bytes: in all services together, and at the broker.
const idleMost = 6000

// TestAnIdleChannelKeepsLittleInMemory compares a bridge with many channels with one that has few. What lives in the heap is counted,
// so that how busy the machine is does not matter.
func TestAnIdleChannelKeepsLittleInMemory(t *testing.T) {
	const few, many = 200, 2200
	least := liveWith(t, few, func(uint64) bool { return true })
	var each int64
	liveWith(t, many, func(live uint64) bool {
		each = (int64(live) - int64(least)) / (many - few)
		return each <= idleMost
	})
	t.Logf("%d bytes a channel", each)
	if each > idleMost {
		t.Errorf("an idle channel keeps %d bytes in memory, at most %d are allowed", each, idleMost)
	}
}

// liveWith runs a bridge with so many channels, and measures what lives in the heap until it is enough. What the broker keeps of
// its files for a while takes a minute to go.
func liveWith(t *testing.T, channels int, enough func(uint64) bool) (live uint64) {
	t.Helper()
	o := anywhere()
	o.File = filepath.Join(t.TempDir(), "puente.yaml")
	var text strings.Builder
	fmt.Fprintf(&text, "public_url: http://127.0.0.1:1\ndata: data\nlog: {level: error}\nnats: {sync: interval}\nchannels:\n")
	for i := range channels {
		fmt.Fprintf(&text, "  - {id: c%d, network: phone, contact_id: custom, platform: {webhook_url: \"http://127.0.0.1:1/c%[1]d\", api_token: token-of-c%[1]d}, account: {url: \"http://127.0.0.1:1/c%[1]d\", secret: secret-of-c%[1]d}}\n", i)
	}
	if err := os.WriteFile(o.File, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Networks, o.EndWithin = networks.Set{phone.Network}, time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	internal, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- Up(ctx, o, found{internal}) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	var ready string
	select {
	case ready = <-internal:
	case err := <-ended:
		ended <- err
		t.Fatal("it has ended")
	}
	limit := time.Now().Add(2 * time.Minute)
	for !answers(ready) {
		if time.Now().After(limit) {
			t.Fatal("it does not become ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
	for {
		runtime.GC()
		runtime.GC() // what the first one only let go of
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if live = m.HeapAlloc; enough(live) || time.Now().After(limit) {
			return live
		}
		time.Sleep(500 * time.Millisecond)
	}
}

// answers says that an address answers with success.
func answers(url string) bool {
	r, err := http.Get(url)
	if err != nil {
		return false
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode == http.StatusOK
}

// found finds the address of health checks in what is written for people.
type found struct{ address chan<- string }

var readyzAddress = regexp.MustCompile(`http://\S+/readyz`)

func (f found) Write(p []byte) (int, error) {
	if a := readyzAddress.Find(p); a != nil {
		f.address <- string(a)
	}
	return len(p), nil
}
