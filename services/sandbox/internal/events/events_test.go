package events

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A stream that does not keep up is ended, so that its page reads the lists anew; the others get everything.
func TestAStreamThatDoesNotKeepUpEnds(t *testing.T) {
	t.Parallel()
	h := NewHub()
	slow, quick := h.subscribe(), h.subscribe()
	for range streamBuffer + 1 {
		h.Publish(Change{Type: "message", Contact: "ana"})
		if data := <-quick; !strings.Contains(string(data), `"contact":"ana"`) {
			t.Fatalf("%s", data)
		}
	}
	n := 0
	for range slow { // it is closed
		n++
	}
	if n != streamBuffer {
		t.Errorf("%d changes before it ended", n)
	}
	h.unsubscribe(slow) // as its handler does
	h.unsubscribe(quick)
	if _, open := <-quick; open {
		t.Error("a stream that was given back goes on")
	}
}

// What happens is streamed until the hub closes; a closed hub, and one with too many streams, takes no more.
func TestAHubThatIsClosedEndsItsStreams(t *testing.T) {
	t.Parallel()
	h := NewHub()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.Stream(w, r) {
			t.Error("the first stream is refused")
		}
		close(ended)
	}))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read := make([]byte, 1000)
	if n, err := resp.Body.Read(read); err != nil || string(read[:n]) != "retry: 1000\n\n" {
		t.Fatalf("%q, %v", read[:n], err)
	}
	h.Publish(Change{Type: "message", Contact: "ana"})
	n, err := resp.Body.Read(read)
	data, found := strings.CutPrefix(string(read[:n]), "data: ")
	var c Change
	if err != nil || !found || json.Unmarshal([]byte(data), &c) != nil || c.Contact != "ana" {
		t.Errorf("%q, %v", read[:n], err)
	}
	h.Close()
	<-ended // the handler is done
	refused := func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return !h.Stream(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
	}
	if !refused() {
		t.Error("a closed hub takes a stream")
	}
	h.Open()
	if refused() {
		t.Error("a hub that was opened again takes no stream")
	}
	for range maxStreams {
		if h.subscribe() == nil {
			t.Fatal("too few streams are taken")
		}
	}
	if !refused() {
		t.Error("one stream too many is taken")
	}
}

// The last warnings are kept, and found by whom they are about; one that names nobody is everybody's.
func TestWarningsAreFoundByWhomTheyAreAbout(t *testing.T) {
	t.Parallel()
	h := NewHub()
	told := h.subscribe()
	n := NewNotes(h)
	n.Add("tienda", "ana", "m1", "unknown: read")
	n.Add("tienda", "bea", "", "rejected")
	n.Add("", "", "", "rejected: 401")
	if len(told) != 3 {
		t.Errorf("%d warnings were published", len(told))
	}
	for _, test := range []struct {
		channel, contact string
		want             int
	}{{"", "", 3}, {"tienda", "ana", 2}, {"tienda", "", 3}, {"otra", "", 1}} {
		if got := n.Of(test.channel, test.contact); len(got) != test.want {
			t.Errorf("of %q and %q: %v", test.channel, test.contact, got)
		}
	}
	h.unsubscribe(told)
	for range maxNotes {
		n.Add("tienda", "carla", "", "answer")
	}
	if all := n.Of("", ""); len(all) != maxNotes || all[0].Contact != "carla" || all[len(all)-1].Seq != maxNotes+3 {
		t.Errorf("%d are kept, the first of %s", len(all), all[0].Contact)
	}
}
