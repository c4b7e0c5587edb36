// Package discordtest is Discord for tests, on a port of this machine: the gateway, whose sessions can be resumed, and as much of the
// REST API as direct messages need. It knows one bot, and checks nothing that it is sent but the order of a session.
package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// Sent is a message of the bot's.
type Sent struct{ To, Text, Nonce string }

// Discord is a server. It is safe for concurrent use.
type Discord struct {
	// URL is where the API is, without a path.
	URL string

	server *httptest.Server

	mu       sync.Mutex
	events   []string // of the session, in order: the n-th has the sequence number n+1
	open     map[*websocket.Conn]chan struct{}
	most     int // connections that were introduced, at once
	begun    int
	resumed  int
	told     int // events that were told to somebody
	again    int // those of them that were told again, since who resumed had not stored them
	sent     []Sent
	nonces   map[string]string // the id that a nonce was answered with
	channels map[string]string // a person by the channel
	last     int64             // the last id
}

// New starts a server. Close ends it.
func New() *Discord {
	d := &Discord{open: map[*websocket.Conn]chan struct{}{}, nonces: map[string]string{}, channels: map[string]string{}, last: 400_000_000_000_000_000}
	d.server = httptest.NewServer(d)
	d.URL = d.server.URL
	return d
}

// Close ends the server and all connections.
func (d *Discord) Close() {
	d.Break(0)
	d.server.Close()
}

// Writes is what a person writes to the bot. Whoever holds the session is told at once, or when it is resumed.
func (d *Discord) Writes(person, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	message := d.message(strconv.FormatInt(d.last, 10), d.channel(person), text, user{ID: person, Name: "person" + person[max(0, len(person)-3):]}, "")
	message["channel_type"] = 1 // a direct message: without it a client that does not know the channel drops it
	data, _ := json.Marshal(message)
	d.dispatch("MESSAGE_CREATE", data)
}

// Break closes all connections with a code, 0 for without a word; it says how many there were.
func (d *Discord) Break(code int) int {
	d.mu.Lock()
	open := d.open
	d.open = map[*websocket.Conn]chan struct{}{}
	d.mu.Unlock()
	for c := range open {
		if code == 0 {
			_ = c.CloseNow()
		} else {
			go c.Close(websocket.StatusCode(code), "") //nolint:errcheck // it is closed either way
		}
	}
	return len(open)
}

// Sent is what a person was sent, in order.
func (d *Discord) Sent(person string) (all []Sent) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.sent {
		if s.To == person {
			all = append(all, s)
		}
	}
	return all
}

// Sessions are what became of the sessions.
type Sessions struct {
	// Begun is how many were begun, Resumed how often one was resumed, AtOnce how many connections had one at once.
	Begun, Resumed, AtOnce int
	// Again is how many events were told a second time, since whoever resumed the session had not stored them.
	Again int
}

// Sessions says what became of the sessions so far.
func (d *Discord) Sessions() Sessions {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Sessions{d.begun, d.resumed, d.most, d.again}
}

// dispatch adds an event to the session. The lock is held.
func (d *Discord) dispatch(name string, data json.RawMessage) {
	d.events = append(d.events, fmt.Sprintf(`{"op": 0, "s": %d, "t": %q, "d": %s}`, len(d.events)+1, name, data))
	for _, more := range d.open {
		select {
		case more <- struct{}{}:
		default: // it looks anyway
		}
	}
}

// channel is that of a person. The lock is held.
func (d *Discord) channel(person string) string {
	id := "3" + person[1:]
	d.channels[id] = person
	return id
}

// gateway is one connection: https://docs.discord.com/developers/events/gateway
func (d *Discord) gateway(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow() //nolint:errcheck // it is closed either way
	say := func(text string) bool { return c.Write(r.Context(), websocket.MessageText, []byte(text)) == nil }
	say(`{"op": 10, "d": {"heartbeat_interval": 41250}}`)
	var telling sync.WaitGroup
	defer telling.Wait()
	more, over := make(chan struct{}, 1), make(chan struct{})
	defer close(over)
	for {
		_, data, err := c.Read(r.Context())
		if err != nil {
			d.mu.Lock()
			delete(d.open, c)
			d.mu.Unlock()
			return
		}
		var in struct {
			Op int
			D  struct {
				Session string `json:"session_id"`
				Seq     int
			}
		}
		_ = json.Unmarshal(data, &in)
		switch in.Op {
		case 1:
			say(`{"op": 11}`)
		case 2, 6:
			from, ok := d.introduced(c, more, in.Op == 6, in.D.Session, in.D.Seq)
			if !ok {
				say(`{"op": 9, "d": false}`)
				continue
			}
			telling.Go(func() { d.tell(say, from, more, over) })
		}
	}
}

// introduced begins the session, or resumes it; from is the first event that is told.
func (d *Discord) introduced(c *websocket.Conn, more chan struct{}, resumes bool, session string, seq int) (from int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := "session" + strconv.Itoa(d.begun)
	if resumes && (session != name || seq > len(d.events)) {
		return 0, false
	}
	d.open[c] = more
	d.most = max(d.most, len(d.open))
	if resumes {
		d.resumed++
		d.again += max(0, d.told-seq)
		d.dispatch("RESUMED", json.RawMessage(`{}`)) // after what was missed
		return seq, true
	}
	d.begun++
	from = len(d.events)
	data, _ := json.Marshal(map[string]any{
		"v": 10, "user": bot, "guilds": []any{}, "session_id": "session" + strconv.Itoa(d.begun), "resume_gateway_url": "ws" + strings.TrimPrefix(d.URL, "http") + "/gateway",
		"application": map[string]any{"id": bot.ID, "flags": 0}, "shard": []int{0, 1},
	})
	d.dispatch("READY", data)
	return from, true
}

// tell says the events from one on, and those to come, until the connection is over.
func (d *Discord) tell(say func(string) bool, from int, more, over chan struct{}) {
	for {
		d.mu.Lock()
		events := slices.Clone(d.events[from:])
		d.mu.Unlock()
		for _, e := range events {
			if !say(e) {
				return
			}
			from++
			d.mu.Lock()
			d.told = max(d.told, from)
			d.mu.Unlock()
		}
		select {
		case <-more:
		case <-over:
			return
		}
	}
}
