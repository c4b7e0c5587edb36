// Package livechat is a live chat for a website, on package ownapp: the page that visitors have, and what it needs.
//
// A visitor is known by an id that its browser made, long and random, so that nobody reads another's chat. Everything is in
// memory, bounded, and gone with the process: a real app has a database in its place.
package livechat

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/services/egress/webhook/ownapp"
)

// Bounds of a [Chat]. maxCall and maxFile are in bytes.
const (
	maxChats, maxEntries, maxFiles = 1000, 500, 50
	maxCall, maxFile               = 256 << 10, 1 << 20
)

//go:embed page
var page embed.FS

// Chat is the live chat: its page, and where the bridge's calls come in, at /bonychat. It is safe for concurrent use.
type Chat struct {
	http.Handler
	app   *ownapp.App
	mu    sync.Mutex
	chats map[string][]entry // by visitor
	files map[string]file
}

// entry is a line of a chat, once for each id.
type entry struct {
	ID      string          `json:"id"`
	From    string          `json:"from"` // visitor or business
	Message json.RawMessage `json:"message"`
}

type file struct {
	mediaType string
	data      []byte
}

// New makes a live chat. bridge is where the channel takes calls, https://bridge.example.com/webhooks/webhook/<channel>;
// secrets are those that are alive, the newest first. It does no I/O.
func New(bridge string, secrets ...string) (*Chat, error) {
	c := &Chat{chats: map[string][]entry{}, files: map[string]file{}}
	app, err := ownapp.New(bridge, func(m ownapp.Message) error { return c.add(m.Contact.ID, entry{m.ID, "business", m.Message}) }, secrets...)
	if err != nil {
		return nil, err
	}
	static, err := fs.Sub(page, "page")
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(static))
	mux.HandleFunc("GET /chat/{visitor}", c.read)
	mux.HandleFunc("POST /chat/{visitor}/{kind}", c.write)
	mux.HandleFunc("POST /files", c.keep)
	mux.HandleFunc("GET /files/{id}", c.file)
	mux.Handle("POST /bonychat", app)
	c.app, c.Handler = app, mux
	return c, err
}

// Serve serves a live chat at an address, until that fails. secrets are joined by commas.
func Serve(listen, bridge, secrets string) error {
	c, err := New(bridge, strings.Split(secrets, ",")...)
	if err != nil {
		return err
	}
	return (&http.Server{Addr: listen, Handler: c, ReadHeaderTimeout: 10 * time.Second}).ListenAndServe()
}

// write tells the bridge what a visitor's page says: a message or a receipt; or an echo, what somebody of the business says in
// the chat itself. The page waits for the answer before it says the next, and says it again where there was none.
func (c *Chat) write(w http.ResponseWriter, r *http.Request) {
	visitor, kind := r.PathValue("visitor"), r.PathValue("kind")
	var said struct {
		ID, Name, Status string
		Message          json.RawMessage
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCall)).Decode(&said); err != nil {
		http.Error(w, "not as it has to be", http.StatusBadRequest)
		return
	}
	id, data := kind+"/"+said.ID, map[string]any{"id": said.ID, "contact": map[string]string{"id": visitor, "first_name": said.Name}, "message": said.Message}
	if kind == "receipt" {
		id, data = fmt.Sprint(kind, "/", string(said.Message), said.Status), map[string]any{"message": said.Message, "status": said.Status}
	}
	if err := c.app.Tell(r.Context(), kind, id, data); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if kind != "receipt" {
		_ = c.add(visitor, entry{said.ID, map[string]string{"message": "visitor", "echo": "business"}[kind], said.Message})
	}
}

var errFull = errors.New("the chat is full")

func (c *Chat) add(visitor string, e entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.chats[visitor] {
		if known.ID == e.ID {
			return nil
		}
	}
	if len(c.chats[visitor]) >= maxEntries || len(c.chats) >= maxChats && c.chats[visitor] == nil {
		return errFull
	}
	c.chats[visitor] = append(c.chats[visitor], e)
	return nil
}

// read is a chat from an entry on.
func (c *Chat) read(w http.ResponseWriter, r *http.Request) {
	from, _ := strconv.Atoi(r.FormValue("from"))
	c.mu.Lock()
	all := c.chats[r.PathValue("visitor")]
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(append([]entry{}, all[min(max(from, 0), len(all)):]...))
}

// keep keeps a visitor's file, for the bridge to fetch.
func (c *Chat) keep(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || len(c.files) >= maxFiles {
		http.Error(w, "no room", http.StatusRequestEntityTooLarge)
		return
	}
	id := rand.Text()
	c.files[id] = file{r.Header.Get("Content-Type"), data}
	_ = json.NewEncoder(w).Encode(map[string]string{"path": "files/" + id})
}

// file is what somebody uploaded: it is no page of the website's.
func (c *Chat) file(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	f, ok := c.files[r.PathValue("id")]
	c.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.mediaType)
	w.Header().Set("Content-Security-Policy", "sandbox")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(f.data)
}
