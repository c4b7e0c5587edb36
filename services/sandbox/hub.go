package sandbox

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/bonychat/puente/services/sandbox/chat"
)

// change is one server-sent event: a new or changed message of one side, or a warning that belongs to no message.
type change struct {
	Type    string      `json:"type"`           // message, warning
	Side    string      `json:"side,omitempty"` // phone, agent
	Channel string      `json:"channel"`
	Contact string      `json:"contact"`
	Entry   *chat.Entry `json:"entry,omitempty"`
	Warning *note       `json:"warning,omitempty"`
}

// Bounds of event streams.
const (
	maxStreams   = 100
	streamBuffer = 256
)

// hub hands changes to the open event streams. It never waits for one: a stream that does not keep up is ended, and
// its page connects again and reads the lists anew.
type hub struct {
	mu      sync.Mutex
	closed  bool
	streams map[chan []byte]bool
}

func newHub() *hub { return &hub{streams: map[chan []byte]bool{}} }

func (h *hub) open() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = false
}

// close ends all streams, and new ones at once.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.streams {
		delete(h.streams, s)
		close(s)
	}
}

// subscribe returns a stream that is closed when it ends; nil where there are too many.
func (h *hub) subscribe() chan []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.streams) >= maxStreams {
		return nil
	}
	s := make(chan []byte, streamBuffer)
	h.streams[s] = true
	return s
}

func (h *hub) unsubscribe(s chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[s] {
		delete(h.streams, s)
		close(s)
	}
}

func (h *hub) publish(c change) {
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

// told is what a book calls for every change.
func (s *Sandbox) told(side, channel string) func(string, chat.Entry) {
	return func(contact string, e chat.Entry) {
		s.hub.publish(change{Type: "message", Side: side, Channel: channel, Contact: contact, Entry: &e})
	}
}

// note is a warning that belongs to no message: a word, then what it is about after a colon.
type note struct {
	Seq     uint64 `json:"seq"`
	Time    int64  `json:"time"`
	Channel string `json:"channel"`
	Contact string `json:"contact"`
	MID     string `json:"mId,omitempty"`
	Text    string `json:"text"`
}

const maxNotes = 1000

// notes are the last warnings.
type notes struct {
	hub *hub

	mu   sync.Mutex
	seq  uint64
	list []note
}

func (n *notes) add(channel, contact, mID, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seq++
	note := note{Seq: n.seq, Time: time.Now().UnixMilli(), Channel: channel, Contact: contact, MID: mID, Text: text}
	n.list = append(n.list, note)
	if len(n.list) > maxNotes {
		n.list = n.list[1:]
	}
	n.hub.publish(change{Type: "warning", Channel: channel, Contact: contact, Warning: &note})
}

// of lists the warnings of a channel and contact; "" is any. A warning without a contact is everybody's.
func (n *notes) of(channel, contact string) []note {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := []note{}
	for _, note := range n.list {
		if (channel == "" || note.Channel == "" || note.Channel == channel) &&
			(contact == "" || note.Contact == "" || note.Contact == contact) {
			out = append(out, note)
		}
	}
	return out
}
