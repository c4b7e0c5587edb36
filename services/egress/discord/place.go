package discord

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// place is where the listening stands: the cursor. What is not of the bot that the token is for is forgotten.
type place struct {
	// Bot is whose it is.
	Bot string `json:"bot,omitempty"`
	// Session, URL and Seq are what a connection resumes by: https://docs.discord.com/developers/events/gateway#resuming.
	// No URL means that it is to be asked for.
	Session string `json:"session,omitempty"`
	URL     string `json:"url,omitempty"`
	Seq     int64  `json:"seq,omitempty"`
	// Begun is when the sessions that were begun so far have been made good for, in seconds since 1970: see [place.begin].
	Begun int64 `json:"begun,omitempty"`
	// Missed says that a session was lost, and that what was written meanwhile has not been fetched yet.
	Missed bool `json:"missed,omitempty"`
	// Channels are those that were written in, each with its last message that is stored; the last one is the latest.
	Channels []channelAt `json:"channels,omitempty"`
}

type channelAt struct {
	ID   string `json:"id"`
	Last string `json:"last"`
}

// mostPlaces bounds the channels of a cursor: 60 bytes each, written with every message.
const mostPlaces = 100

// readPlace reads a cursor; one that is another bot's, or none at all, is the very beginning.
func readPlace(cursor, bot string) place {
	var p place
	if json.Unmarshal([]byte(cursor), &p) != nil || p.Bot != bot {
		return place{Bot: bot}
	}
	return p
}

// cursor is the place as it is stored.
func (p *place) cursor() string {
	text, err := json.Marshal(p)
	if err != nil {
		return "" // strings and numbers: it cannot fail
	}
	return string(text)
}

// heard notes a message that is about to be stored.
func (p *place) heard(channel, message string) {
	if !snowflake.MatchString(channel) || !snowflake.MatchString(message) {
		return
	}
	at := channelAt{channel, message}
	if i := slices.IndexFunc(p.Channels, func(c channelAt) bool { return c.ID == channel }); i >= 0 {
		if later(p.Channels[i].Last, message) {
			at.Last = p.Channels[i].Last // an edit
		}
		p.Channels = slices.Delete(p.Channels, i, i+1)
	}
	p.Channels = append(p.Channels, at)
	p.Channels = p.Channels[max(0, len(p.Channels)-mostPlaces):]
}

// later says whether a snowflake is later than another: they are numbers that grow.
func later(one, other string) bool {
	return cmp.Or(cmp.Compare(len(one), len(other)), cmp.Compare(one, other)) > 0
}

// over forgets the session.
func (p *place) over() {
	p.Missed = p.Missed || len(p.Channels) > 0
	p.Session, p.URL, p.Seq = "", "", 0
}

// How many sessions are begun: ten at once, and one in eight minutes, which is 190 in a day. Who begins 1,000 has the token
// taken away. https://docs.discord.com/developers/events/gateway#identifying
const (
	sessionsAtOnce = 10
	sessionEvery   = 8 * time.Minute
	// reserve is how many of the vendor's own count are left for others that use the token.
	reserve = 100
)

// begin takes a session from what may be begun, or says how long until there is one. Each is made good for by the
// time of sessionEvery; who is ahead of the clock by more than the burst waits.
func (p *place) begin(now time.Time) (wait time.Duration) {
	due := now
	if last := time.Unix(p.Begun, 0); last.After(now) {
		due = last
	}
	if wait := due.Sub(now) - (sessionsAtOnce-1)*sessionEvery; wait > 0 {
		return wait
	}
	p.Begun = due.Add(sessionEvery).Unix()
	return 0
}
