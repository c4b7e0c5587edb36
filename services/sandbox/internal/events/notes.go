package events

import (
	"sync"
	"time"
)

// Note is a warning that belongs to no message: a word, then what it is about after a colon.
type Note struct {
	Seq     uint64 `json:"seq"`
	Time    int64  `json:"time"` // milliseconds since 1970
	Channel string `json:"channel"`
	Contact string `json:"contact"`
	MID     string `json:"mId,omitempty"`
	Text    string `json:"text"`
}

// maxNotes is how many are kept.
const maxNotes = 1000

// Notes are the last warnings. They are safe for concurrent use.
type Notes struct {
	hub *Hub

	mu   sync.Mutex
	seq  uint64
	list []Note
}

// NewNotes are none; the hub is told of each that is added.
func NewNotes(hub *Hub) *Notes { return &Notes{hub: hub} }

// Add keeps a warning and publishes it. Channel, contact and mID are "" where it is about none.
func (n *Notes) Add(channel, contact, mID, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seq++
	note := Note{Seq: n.seq, Time: time.Now().UnixMilli(), Channel: channel, Contact: contact, MID: mID, Text: text}
	n.list = append(n.list, note)
	if len(n.list) > maxNotes {
		n.list = n.list[1:]
	}
	n.hub.Publish(Change{Type: "warning", Channel: channel, Contact: contact, Warning: &note})
}

// Of lists the warnings of a channel and contact; "" is any. A warning without a contact is everybody's.
func (n *Notes) Of(channel, contact string) []Note {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := []Note{}
	for _, note := range n.list {
		if (channel == "" || note.Channel == "" || note.Channel == channel) &&
			(contact == "" || note.Contact == "" || note.Contact == contact) {
			out = append(out, note)
		}
	}
	return out
}
