package discordtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type user struct {
	ID            string `json:"id"`
	Name          string `json:"username"`
	Discriminator string `json:"discriminator"`
	Bot           bool   `json:"bot,omitempty"`
}

// bot is who the bot is.
var bot = user{ID: "100000000000000001", Name: "puente", Discriminator: "0", Bot: true}

// message is https://docs.discord.com/developers/resources/message#message-object
func (d *Discord) message(id, channel, text string, author user, nonce string) map[string]any {
	author.Discriminator = "0"
	m := map[string]any{
		"id": id, "channel_id": channel, "author": author, "content": text, "timestamp": time.Now().UTC().Format(time.RFC3339), "edited_timestamp": nil,
		"tts": false, "mention_everyone": false, "mentions": []any{}, "mention_roles": []any{}, "attachments": []any{}, "embeds": []any{}, "pinned": false, "type": 0,
	}
	if nonce != "" {
		m["nonce"] = nonce
	}
	return m
}

// ServeHTTP takes a request of the API, or a connection to the gateway.
func (d *Discord) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v10")
	switch {
	case r.Header.Get("Upgrade") != "":
		d.gateway(w, r)
	case path == "/gateway/bot":
		answer(w, map[string]any{
			"url": "ws" + strings.TrimPrefix(d.URL, "http") + "/gateway", "shards": 1,
			"session_start_limit": map[string]int{"total": 1000, "remaining": 1000 - d.beginnings(), "reset_after": 0, "max_concurrency": 1},
		})
	case path == "/users/@me":
		answer(w, bot)
	case path == "/users/@me/channels" && r.Method == http.MethodPost:
		var in struct {
			To string `json:"recipient_id"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		d.mu.Lock()
		defer d.mu.Unlock()
		answer(w, map[string]any{"id": d.channel(in.To), "type": 1, "last_message_id": nil, "recipients": []user{{ID: in.To, Name: "person", Discriminator: "0"}}})
	case strings.HasPrefix(path, "/channels/") && strings.HasSuffix(path, "/messages") && r.Method == http.MethodPost:
		d.take(w, r, strings.Split(path, "/")[2])
	case strings.HasPrefix(path, "/channels/") && strings.HasSuffix(path, "/messages"):
		answer(w, []any{}) // nothing was missed: every session is resumed
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"code": 0, "message": "404: Not Found"}`))
	}
}

func (d *Discord) beginnings() int {
	return d.Sessions().Begun
}

// take takes a message of the bot's, once for each nonce: https://docs.discord.com/developers/resources/message#create-message
func (d *Discord) take(w http.ResponseWriter, r *http.Request, channel string) {
	var in struct {
		Content string `json:"content"`
		Nonce   string `json:"nonce"`
		Enforce bool   `json:"enforce_nonce"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	d.mu.Lock()
	defer d.mu.Unlock()
	id, again := d.nonces[in.Nonce]
	if !again || !in.Enforce {
		d.last++
		id = strconv.FormatInt(d.last, 10)
		d.nonces[in.Nonce] = id
		d.sent = append(d.sent, Sent{d.channels[channel], in.Content, in.Nonce})
	}
	answer(w, d.message(id, channel, in.Content, bot, in.Nonce))
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
