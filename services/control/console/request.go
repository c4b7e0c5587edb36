package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/terms"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/console/session"
	"github.com/bonychat/puente/services/control/console/words"
)

// request is one request of a page: who asks, in which language, and when.
type request struct {
	c *Console
	w http.ResponseWriter
	r *http.Request
	// ctx is the request's, of whoever is signed in.
	ctx context.Context

	Who      session.Who
	SignedIn bool
	W        *words.Words
	Lang     terms.Language
	// Theme is "light", "dark" or "" for what the system says.
	Theme string
	Now   time.Time
	form  string
}

// Cookies of what somebody likes, and how long they are kept.
const (
	languageCookie = "puente_lang"
	themeCookie    = "puente_theme"
	liked          = 365 * 24 * time.Hour
)

func (c *Console) request(w http.ResponseWriter, r *http.Request) *request {
	q := &request{c: c, w: w, r: r, ctx: r.Context(), Now: time.Now()}
	q.Lang = terms.Negotiate(r.Header.Get("Accept-Language"), terms.Spanish)
	if l := terms.Language(valueOf(r, languageCookie)); l == terms.English || l == terms.Spanish {
		q.Lang = l
	}
	if l := terms.Language(r.URL.Query().Get("lang")); l == terms.English || l == terms.Spanish {
		q.Lang = l
		q.like(languageCookie, string(l))
	}
	q.Theme = valueOf(r, themeCookie)
	if t := r.URL.Query().Get("theme"); t == "light" || t == "dark" {
		q.Theme = t
		q.like(themeCookie, t)
	}
	if q.Theme != "light" && q.Theme != "dark" {
		q.Theme = ""
	}
	q.W = words.In(q.Lang)
	if q.Who, q.SignedIn = c.sessions.Of(r); q.SignedIn {
		q.ctx = auth.With(q.ctx, q.Who.Caller)
	}
	return q
}

func valueOf(r *http.Request, cookie string) string {
	c, err := r.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// like remembers what somebody likes.
func (q *request) like(cookie, value string) {
	http.SetCookie(q.w, &http.Cookie{Name: cookie, Value: value, Path: Path, MaxAge: int(liked / time.Second), HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// here is the address of this page with another value of a parameter, "" for none.
func (q *request) here(name, value string) string {
	u := url.URL{Path: q.r.URL.Path}
	values := q.r.URL.Query()
	if q.r.Method == http.MethodPost {
		u.Path, values = shownBefore(u.Path), url.Values{}
	}
	values.Del("lang")
	values.Del("theme")
	if values.Del(name); value != "" {
		values.Set(name, value)
	}
	u.RawQuery = values.Encode()
	return u.String()
}

// shownBefore is the page that a form stands on which is sent to a path.
func shownBefore(path string) string {
	if path == Path+"search" || path == Path+"sign-in" {
		return path
	}
	before := path[:strings.LastIndex(path, "/")]
	if before+"/" == Path {
		return Path
	}
	return before
}

// Form is what forms of this answer have to show.
func (q *request) Form() string {
	if q.form == "" {
		q.form = q.c.sessions.Form(q.w, q.r)
	}
	return q.form
}

// errNoPage means that there is no such page.
var errNoPage = connect.NewError(connect.CodeNotFound, errors.New("there is no such page"))

// page serves what somebody who is signed in may look at.
func (c *Console) page(make func(*request) (*page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := c.request(w, r)
		if !q.SignedIn {
			to := Path + "sign-in"
			if r.Method == http.MethodGet && r.URL.RequestURI() != Path {
				to += "?" + url.Values{"to": {r.URL.RequestURI()}}.Encode()
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		q.answer(make(q))
	}
}

// act serves a form that somebody sends who is signed in. It answers with no page: what the form led to is kept, and the browser
// is sent there, so that to load it again, or to come back to it, does nothing again.
func (c *Console) act(do func(*request) (*page, error)) http.HandlerFunc {
	return c.page(func(q *request) (*page, error) {
		if !c.sessions.Genuine(q.r) {
			return nil, connect.NewError(connect.CodeFailedPrecondition, errors.New(q.W.SignIn.Form))
		}
		p, err := do(q)
		if err != nil || p == nil || byScript(q.r) {
			return p, err
		}
		to := q.keep(p)
		if p.focus != "" {
			to += "#" + p.focus
		}
		http.Redirect(q.w, q.r, to, http.StatusSeeOther)
		return nil, nil
	})
}

// answer writes a page, or what went wrong. A page of nil was answered.
func (q *request) answer(p *page, err error) {
	switch {
	case err != nil:
		status, text := q.wrong(err)
		q.refuse(status, text, q.said(err))
	case p != nil:
		q.write(http.StatusOK, p)
	}
}

// wrong is an error for people.
func (q *request) wrong(err error) (status int, text string) {
	w := q.W.Wrong
	switch connect.CodeOf(err) {
	case connect.CodeNotFound:
		return http.StatusNotFound, w.NotFound
	case connect.CodePermissionDenied, connect.CodeUnauthenticated:
		return http.StatusForbidden, w.Denied
	case connect.CodeDeadlineExceeded, connect.CodeCanceled:
		return http.StatusGatewayTimeout, w.Late
	case connect.CodeResourceExhausted:
		return http.StatusTooManyRequests, w.Busy
	case connect.CodeUnavailable, connect.CodeInternal, connect.CodeUnknown:
		return http.StatusServiceUnavailable, w.Away
	default:
		return http.StatusBadRequest, w.Other
	}
}

// said is what the API said about an error, where that tells more; "" else.
func (q *request) said(err error) string {
	e, ok := errors.AsType[*connect.Error](err)
	if !ok || e.Code() == connect.CodeNotFound {
		return ""
	}
	return e.Message()
}

// refuse says why there is no page.
func (q *request) refuse(status int, text string, said ...string) {
	p := &page{name: "wrong", Title: q.W.Wrong.Title, Body: wrongBody{text, strings.Join(said, " "), q.before()}}
	q.write(status, p)
}

// before is the page that a form was on which was sent; "" for none but the first page.
func (q *request) before() string {
	if to := q.here("", ""); q.r.Method == http.MethodPost && to != Path && q.SignedIn {
		return to
	}
	return ""
}

// wrongBody is the page of an error, and of what is done and gone. Back is where a form was on; "" for none.
type wrongBody struct{ Text, Said, Back string }

// local is an address of the console that somebody was on the way to; the first page for anything else.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, Path) || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return Path
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
