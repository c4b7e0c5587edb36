// Package session says who looks at the console: somebody who signed in with a token of the control API, or whom a trusted proxy
// signed in. It decides nothing about what they may do: the API does, by the caller that it is given.
//
// A session is a signed cookie and is kept nowhere. It is signed with a key that follows from the token, so that it is good in
// every process that knows the token, and ends with it.
package session

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/services/control/auth"
)

// Path is where the cookies are good.
const Path = "/console/"

// Lasts is how long somebody stays signed in.
const Lasts = 12 * time.Hour

const cookieName = "puente_console"

// named is what a cookie is called. A browser keeps the cookies of a host whatever the port, and two bridges of one machine differ in
// the port alone: one would sign people out of the other.
func named(name string, r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return name + "_" + port
	}
	return name
}

// Sessions are those of one process. It is safe for concurrent use.
type Sessions struct {
	door   *auth.Door
	tokens *auth.Tokens
	cfg    operators.Console
	used   spent
}

// New takes sessions of these tokens, and whom the proxies of cfg sign in.
func New(door *auth.Door, tokens *auth.Tokens, cfg operators.Console) *Sessions {
	return &Sessions{door: door, tokens: tokens, cfg: cfg}
}

// Who is somebody who is signed in.
type Who struct {
	auth.Caller
	// ByProxy says that a proxy vouches for them: signing out is its matter.
	ByProxy bool
}

// Of is who makes a request; ok is false for a stranger.
func (s *Sessions) Of(r *http.Request) (w Who, ok bool) {
	from, byProxy := s.address(r)
	if byProxy {
		if name := userName(r.Header.Get(s.cfg.UserHeader)); name != "" {
			w = Who{auth.Known(name, s.roles(r)...), true}
			w.From = from.String()
			return w, true
		}
	}
	cookie, err := r.Cookie(named(cookieName, r))
	if err != nil {
		return Who{}, false
	}
	c, ok := s.open("session", cookie.Value)
	c.From = "unknown"
	if from.IsValid() {
		c.From = from.String()
	}
	return Who{Caller: c}, ok
}

// SignIn takes a token. Wrong ones are counted by address: the error says what is wrong, with the code of the API.
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request, token string) error {
	from, _ := s.address(r)
	c, err := s.door.Know(strings.TrimSpace(token), from)
	if err != nil {
		stranger := auth.Caller{From: "unknown"}
		if from.IsValid() {
			stranger.From = from.String()
		}
		s.door.Note(r, stranger, err)
		return err
	}
	return s.begin(w, r, c.Name)
}

// begin begins a session of whoever has the token of this name.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request, name string) error {
	_, key, ok := s.tokens.Named(name)
	if !ok {
		return errors.New("the token has just been changed")
	}
	s.set(w, r, named(cookieName, r), sealed("session", key, name, time.Now().Add(Lasts)), int(Lasts/time.Second), http.SameSiteLaxMode)
	return nil
}

// SignOut ends the session of the browser.
func (s *Sessions) SignOut(w http.ResponseWriter, r *http.Request) {
	s.set(w, r, named(cookieName, r), "", -1, http.SameSiteLaxMode)
}

// set sets a cookie that no script reads. Lax, for the session: a link in a ticket leads to its page.
func (s *Sessions) set(w http.ResponseWriter, r *http.Request, name, value string, seconds int, same http.SameSite) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: Path, MaxAge: seconds, HttpOnly: true, Secure: s.secure(r), SameSite: same,
	})
}

// secure says that the browser speaks https.
func (s *Sessions) secure(r *http.Request) bool {
	_, trusted := s.address(r)
	return r.TLS != nil || trusted && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// address is who called: the other end of the connection, or whom a trusted proxy names. byProxy says that it came by one.
func (s *Sessions) address(r *http.Request) (from netip.Addr, byProxy bool) {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	from = end.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	byProxy = s.trusted(from)
	for i := len(hops) - 1; i >= 0 && s.trusted(from); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = hop.Unmap().WithZone("")
	}
	return from, byProxy
}

func (s *Sessions) trusted(a netip.Addr) bool {
	for _, p := range s.cfg.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// sealed is a name that is good until a time, for one use of it: "name.until.nonce.signature".
func sealed(use string, key []byte, name string, until time.Time) string {
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	text := encode([]byte(name)) + "." + strconv.FormatInt(until.Unix(), 10) + "." + encode(nonce)
	return text + "." + encode(sign(use, key, text))
}

// open is whose seal it is; ok is false where it is none, or is over.
func (s *Sessions) open(use, seal string) (c auth.Caller, ok bool) {
	parts := strings.Split(seal, ".")
	if len(parts) != 4 {
		return c, false
	}
	name, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return c, false
	}
	c, key, ok := s.tokens.Named(string(name))
	if !ok {
		return auth.Caller{}, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil || !hmac.Equal(signature, sign(use, key, strings.Join(parts[:3], "."))) {
		return auth.Caller{}, false
	}
	until, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || time.Now().Unix() >= until {
		return auth.Caller{}, false
	}
	return c, true
}

func sign(use string, key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(use + "\n" + text))
	return h.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
