// Package events hands what happens in the sandbox to open pages, as server-sent events, and keeps the last warnings that belong to no
// message. It decides nothing: what happened is what its caller says.
//
//	hub := events.NewHub()
//	notes := events.NewNotes(hub)
//	notes.Add("tienda", "ana", "", "unknown: read")
package events

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/services/sandbox/chat"
)

// Change is one server-sent event: a new or changed message of one side, or a warning that belongs to no message.
type Change struct {
	Type    string      `json:"type"`           // message, warning
	Side    string      `json:"side,omitempty"` // phone, agent
	Channel string      `json:"channel"`
	Contact string      `json:"contact"`
	Entry   *chat.Entry `json:"entry,omitempty"`
	Warning *Note       `json:"warning,omitempty"`
}

// Bounds of event streams.
const (
	maxStreams   = 100
	streamBuffer = 256
)

// Hub hands changes to the open event streams. It never waits for one: a stream that does not keep up is ended, and
// its page connects again and reads the lists anew. It is safe for concurrent use.
type Hub struct {
	mu      sync.Mutex
	closed  bool
	streams map[chan []byte]bool
}

// NewHub is open and has no stream.
func NewHub() *Hub { return &Hub{streams: map[chan []byte]bool{}} }

// Open has it take streams again.
func (h *Hub) Open() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = false
}

// Close ends all streams, and new ones at once, until [Hub.Open].
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.streams {
		delete(h.streams, s)
		close(s)
	}
}

// subscribe returns a stream that is closed when it ends; nil where there are too many.
func (h *Hub) subscribe() chan []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.streams) >= maxStreams {
		return nil
	}
	s := make(chan []byte, streamBuffer)
	h.streams[s] = true
	return s
}

func (h *Hub) unsubscribe(s chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[s] {
		delete(h.streams, s)
		close(s)
	}
}

// Publish hands a change to all streams.
func (h *Hub) Publish(c Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams) == 0 {
		return
	}
	data, _ := json.Marshal(c)
	for s := range h.streams {
		select {
		case s <- data:
		default:
			delete(h.streams, s)
			close(s)
		}
	}
}

// heartbeat is how often a quiet stream is written to, so that both ends notice a dead connection.
const heartbeat = 15 * time.Second

// Stream answers with all changes from now on, until the caller is gone or the hub is closed. A page reads the lists once it is connected,
// so nothing falls in between. It is false, and nothing is written, where there are too many streams, or the hub is closed.
func (h *Hub) Stream(w http.ResponseWriter, r *http.Request) bool {
	stream := h.subscribe()
	if stream == nil {
		return false
	}
	defer h.unsubscribe(stream)
	control := http.NewResponseController(w)
	write := func(data ...[]byte) bool {
		_ = control.SetWriteDeadline(time.Now().Add(10 * time.Second)) // instead of the server's own, which is for short answers
		_, err := w.Write(bytes.Join(data, nil))
		return err == nil && control.Flush() == nil
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	ticks := time.NewTicker(heartbeat)
	defer ticks.Stop()
	for ok := write([]byte("retry: 1000\n\n")); ok; {
		select {
		case <-r.Context().Done():
			return true
		case data, open := <-stream:
			if !open {
				return true
			}
			ok = write([]byte("data: "), data, []byte("\n\n"))
		case <-ticks.C:
			ok = write([]byte(": still here\n\n"))
		}
	}
	return true
}
