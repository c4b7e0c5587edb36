package matrix

import (
	"crypto/sha256"
	"encoding/hex"
)

// markField is where a message that the bridge sends says by whom it was sent. It comes back in a transaction, and
// Receive, which knows no account, tells it from a contact's by this. Somebody who forwards it copies the mark, but is
// another sender.
const markField = "com.bonychat.puente"

type mark struct {
	Sender string `json:"sender"`
	// Channel stands for the channel: two channels may write to each other.
	Channel string `json:"channel"`
}

func markOf(ghost, channel string) mark {
	sum := sha256.Sum256([]byte(channel))
	return mark{Sender: ghost, Channel: hex.EncodeToString(sum[:8])}
}

// own says whether this channel sent the event.
func own(event object, channel string) bool {
	m := event.in("content").in(markField)
	sender := event.text("sender")
	return sender != "" && markOf(m.text("sender"), channel) == mark{Sender: sender, Channel: m.text("channel")}
}
