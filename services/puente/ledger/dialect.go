package ledger

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Networks that the far ends can be.
const (
	Phone    = "phone"
	WhatsApp = "whatsapp"
	LINE     = "line"
)

// dialect translates between a vendor's API and the stand-in for the phone network. Behind every vendor is that one stand-in, with
// the same faults and the same notes, so that a run with WhatsApp or LINE tests the bridge's service for it, and nothing else differs.
type dialect interface {
	// contact is the address of a contact by its number.
	contact(i int) string
	// contactID is the channels' ID type.
	contactID() string
	// account is a channel's account, as it is configured.
	account(channel string) map[string]string
	// read reads a call of the vendor's API that sends a message, nil for another one.
	read(channel string, r *http.Request, body []byte) *dictum
	// hook writes a call of the phone network as the vendor makes it.
	hook(channel string, c *webhookCall) (http.Header, []byte)
	// receipts says that the vendor tells what became of a message.
	receipts() bool
}

// dictum is a call that sends a message.
type dictum struct {
	// key is the same when the message is sent again, id the bridge's id of the message, "" where the call does not tell.
	key, id, to, text string
	// again answers a repeat of what was taken: nil where the vendor knows none. spent says that it is answered so in any
	// case.
	again func(w http.ResponseWriter)
	spent bool
	// answer writes the phone network's answer as the vendor's.
	answer func(w http.ResponseWriter, status int, id string)
}

// dialectOf is how the vendor of a network speaks; host is the host and port where the bridge calls it. It is nil for the phone
// network: the stand-in speaks that by itself, and there is nothing to translate.
func dialectOf(network, host string) dialect {
	switch network {
	case WhatsApp:
		return whatsApp{host}
	case LINE:
		return newLine(host)
	default:
		return nil
	}
}

// accessOf is what the bridge shows a vendor; the gate knows the channel by it.
func accessOf(channel string) string { return "access-of-" + channel }

// gate is the vendor's API of all channels.
type gate struct {
	dialect  dialect
	networks map[string]*network
}

// ServeHTTP takes a vendor's call to the channel's network, and its answer back.
func (g gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	channel := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "+accessOf(""))
	n := g.networks[channel]
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if n == nil || err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	d := g.dialect.read(channel, r, body)
	if d == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if d.again != nil {
		took := n.took(d.key)
		if took {
			n.suppressed.Add(1)
		}
		if took || d.spent {
			d.again(w)
			return
		}
	}
	id, _, _ := strings.Cut(d.id, "-")
	if id == "" {
		id = d.key
	}
	call, err := json.Marshal(map[string]any{"id": id, "to": d.to, "part": 0, "message": map[string]string{"type": "text", "text": d.text}})
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	inner := r.Clone(r.Context())
	inner.Method, inner.URL.Path, inner.Body, inner.ContentLength = http.MethodPost, "/phone/"+channel+"/messages", io.NopCloser(bytes.NewReader(call)), int64(len(call))
	inner.Header.Set("Authorization", "Bearer "+secretOf(channel))
	inner.Header.Set("Content-Type", "application/json")
	inner.Header.Set("Idempotency-Key", d.key)
	answer := &lateAnswer{ResponseWriter: w}
	n.ServeHTTP(answer, inner)
	if answer.status == 0 {
		return // the connection was ended
	}
	var taken struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(answer.body.Bytes(), &taken)
	w.Header().Set("Content-Type", "application/json")
	d.answer(w, answer.status, taken.ID)
}
