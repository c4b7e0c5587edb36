package discord

import (
	"encoding/json"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// frame is one message on the gateway: https://docs.discord.com/developers/events/gateway-events#payload-structure
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s,omitempty"`
	Name string          `json:"t,omitempty"`
}

// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// directMessages is the only intent: https://docs.discord.com/developers/events/gateway#list-of-intents. What is written to the bot itself
// comes with its text, without a privileged intent.
const directMessages = 1 << 12

// identify begins a session: https://docs.discord.com/developers/events/gateway-events#identify
type identify struct {
	Token      string            `json:"token"`
	Properties map[string]string `json:"properties"`
	Intents    int               `json:"intents"`
}

// resume goes on with one: https://docs.discord.com/developers/events/gateway-events#resume
type resume struct {
	Token   string `json:"token"`
	Session string `json:"session_id"`
	Seq     int64  `json:"seq"`
}

// ready is https://docs.discord.com/developers/events/gateway-events#ready
type ready struct {
	Session string `json:"session_id"`
	URL     string `json:"resume_gateway_url"`
}

// stays is the code that connections are closed with: any but 1000 and 1001 leaves the session to be resumed.
// https://docs.discord.com/developers/events/gateway#initiating-a-disconnect
const stays = 4000

// closedBy says what a close code means for the next connection, and whether the session is over.
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
func closedBy(code int, cause error) (over bool, err error) {
	switch code {
	case 4004:
		return false, outcome.Suspend(tokenRefused, cause)
	case 4010, 4011, 4012, 4013, 4014: // shards, version, intents
		return false, outcome.Suspend(notAdmitted.With("code", code), cause)
	case 4003, 4007, 4009: // not authenticated, a seq that is none, timed out
		return true, outcome.Temporary(lost, cause)
	default:
		return false, outcome.Temporary(lost, cause)
	}
}
