package vendors

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Network is the phone network of one channel. It serves its own API below /phone/ and the channel.
type Network interface {
	http.Handler
	// Took says that a call with this key was accepted.
	Took(key string) bool
	// Suppressed counts a repeat that was known by its key, and did not come here therefore.
	Suppressed()
}

// Gate is the vendor's API of all channels. It is safe for concurrent use.
type Gate struct {
	Vendor Vendor
	// Network is that of a channel, nil for none.
	Network func(channel string) Network
}

// ServeHTTP takes a vendor's call to the channel's network, and its answer back.
func (g Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	channel := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "+access(""))
	n := g.Network(channel)
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if n == nil || err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	d := g.Vendor.Read(channel, r, body)
	if d == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if d.Again != nil {
		took := n.Took(d.Key)
		if took {
			n.Suppressed()
		}
		if took || d.Spent {
			d.Again(w)
			return
		}
	}
	id, _, _ := strings.Cut(d.ID, "-")
	if id == "" {
		id = d.Key
	}
	call, err := json.Marshal(map[string]any{"id": id, "to": d.To, "part": 0, "message": map[string]string{"type": "text", "text": d.Text}})
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	inner := r.Clone(r.Context())
	inner.Method, inner.URL.Path, inner.Body, inner.ContentLength = http.MethodPost, "/phone/"+channel+"/messages", io.NopCloser(bytes.NewReader(call)), int64(len(call))
	inner.Header.Set("Authorization", "Bearer "+Secret(channel))
	inner.Header.Set("Content-Type", "application/json")
	inner.Header.Set("Idempotency-Key", d.Key)
	answer := &Answer{ResponseWriter: w}
	n.ServeHTTP(answer, inner)
	if answer.Status == 0 {
		return // the connection was ended
	}
	var taken struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &taken)
	w.Header().Set("Content-Type", "application/json")
	d.Answer(w, answer.Status, taken.ID)
}
