package discord

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// mostPaces bounds the channels whose limit is known to be used up.
const mostPaces = 10_000

// paces are the channels that take no more for now, as the last answer told: a refusal would count against the bot.
// https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
// It is safe for concurrent use; its zero value is empty.
type paces struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// note reads an answer's header: https://docs.discord.com/developers/topics/rate-limits#header-format
func (p *paces) note(channel string, h http.Header, now time.Time) {
	after, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if h.Get("X-RateLimit-Remaining") != "0" || err != nil {
		return
	}
	wait, ok := seconds(after)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[string]time.Time{}
	}
	if len(p.until) >= mostPaces {
		for other, until := range p.until {
			if !until.After(now) {
				delete(p.until, other)
			}
		}
	}
	if len(p.until) < mostPaces { // what is not kept is refused, and waits then
		p.until[channel] = now.Add(wait)
	}
}

// left is how long a channel takes nothing, 0 where it does.
func (p *paces) left(channel string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	until, ok := p.until[channel]
	if ok && !until.After(now) {
		delete(p.until, channel)
	}
	return max(0, until.Sub(now))
}
