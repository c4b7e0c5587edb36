// Package console is the page that an operator keeps open: how everything stands, what needs a person, and the way of each
// message. It is served at /console/ on the internal port, beside the control API, and knows only what that answers: it asks in
// process, as whoever is signed in, so that roles, bounds and the audit are the API's own.
//
//	page := console.New(console.Options{Door: door, Tokens: tokens, Config: cfg.Control.Console, Log: log})
//	mux.Handle(console.Path, page)
//
// Pages are made on the server and can be read without a script, and nothing is loaded from elsewhere. A session is a signed
// cookie. What a form leads to is kept in memory for an hour, so that it can be loaded again and come back to: with several
// processes a browser has to come to the same one.
package console

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/console/session"
)

// Path is where it is served.
const Path = session.Path

// Options of [New]. All are required.
type Options struct {
	// Door is that of the control API.
	Door *auth.Door
	// Tokens are those who may sign in.
	Tokens *auth.Tokens
	// Config says how people are known.
	Config operators.Console
	Log    *slog.Logger
}

// Console serves the pages. It is safe for concurrent use.
type Console struct {
	door     *auth.Door
	sessions *session.Sessions
	api      *api
	log      *slog.Logger
	mux      *http.ServeMux
	answers  answers
	// following counts the pages that follow what happens.
	following atomic.Int64
}

// New makes the pages.
func New(o Options) *Console {
	c := &Console{door: o.Door, sessions: session.New(o.Door, o.Tokens, o.Config), api: newAPI(o.Door.Inside()), log: o.Log, mux: http.NewServeMux()}
	c.mux.HandleFunc("GET "+Path+"assets/{version}/{name}", serveAsset)
	c.mux.HandleFunc("GET "+Path+"sign-in", c.showSignIn)
	c.mux.HandleFunc("POST "+Path+"sign-in", c.signIn)
	c.mux.HandleFunc("GET "+session.EnterPath, c.enter)
	c.mux.HandleFunc("POST "+Path+"sign-out", c.act(c.signOut))
	c.mux.HandleFunc("GET "+Path+"live", c.live)
	c.mux.HandleFunc("GET "+Path+"{$}", c.page(c.overview))
	c.mux.HandleFunc("GET "+Path+"c/{channel}", c.page(c.channel))
	c.mux.HandleFunc("GET "+Path+"m/{id}", c.page(c.message))
	c.mux.HandleFunc("GET "+Path+"contact/{channel}/{key}", c.page(c.contact))
	c.mux.HandleFunc("GET "+Path+"call/{network}/{number}", c.page(c.call))
	c.mux.HandleFunc("GET "+Path+"search", c.page(c.showSearch))
	c.mux.HandleFunc("POST "+Path+"search", c.act(c.search))
	for path, show := range map[string]func(*request) (*page, error){
		"failures": c.failures, "failures/preview": c.preview, "failures/list": c.failureList, "failures/letter/{number}": c.letter, "calls": c.calls, "audit": c.audit, "system": c.system, "traffic": c.traffic, "traffic.json": c.trafficData,
		"new": c.newChannel, "new/{network}": c.newOf, "added/{channel}": c.added, "c/{channel}/setup": c.setup, "c/{channel}/remove": c.askRemove,
	} {
		c.mux.HandleFunc("GET "+Path+path, c.page(show))
	}
	for path, do := range map[string]func(*request) (*page, error){
		"failures/replay": c.replay, "failures/letter/{number}/content": c.content, "failures/letter/{number}/discard": c.discard,
		"calls/read-again": c.readAgain, "new/{network}/draft": c.draft, "new/{network}/add": c.add, "added/{channel}/check": c.addedCheck, "added/{channel}/register": c.addedRegister,
		"c/{channel}/setup/preview": c.previewChange, "c/{channel}/setup/save": c.change, "c/{channel}/remove/really": c.remove,
		"c/{channel}/pause": c.pause, "c/{channel}/resume": c.resume, "c/{channel}/check": c.check, "c/{channel}/register": c.register,
	} {
		c.mux.HandleFunc("POST "+Path+path, c.act(do))
		c.mux.HandleFunc("GET "+Path+path, c.page(c.kept))
	}
	c.mux.HandleFunc(Path, c.page(func(*request) (*page, error) { return nil, errNoPage }))
	return c
}

// policy lets pages load nothing but their own script, style and pictures, be framed by nobody, and send forms home alone.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mostForm is the largest form, in bytes.
const mostForm = 64 << 10

// ServeHTTP implements [http.Handler].
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if err := c.door.SameSite(r); err != nil {
		q := c.request(w, r)
		q.refuse(http.StatusForbidden, q.W.SignIn.Site)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	c.mux.ServeHTTP(w, r)
}
