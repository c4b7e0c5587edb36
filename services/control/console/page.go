package console

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/pkg/terms"
	"github.com/bonychat/puente/services/control/auth"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// page is what a page is made of.
type page struct {
	*request
	// name is that of its template.
	name string
	// Title stands above it, and Tab, if there is one, in the navigation.
	Title, Tab string
	// Command is what does the same on the command line; "" for none.
	Command string
	// Live is where the page follows what happens; "" where it does not.
	Live string
	// Notice says what came of an act; NoticeMood is "good", "warn" or "bad".
	Notice, NoticeMood string
	// Body is for the template of that name.
	Body any
	// Searched stands in the search box.
	Searched string
	// focus is the id of what a page begins at that answers a form; "" for its top.
	focus string
	// again makes the page anew each time that it is looked at, where it answers a form; nil to show it as it is.
	again func(*request) (*page, error)
	// recall is what a process that did not answer the form can make the page of: see [Console.recalled]. It stands sealed in the page's
	// address; "" for nothing.
	recall string
}

//go:embed templates
var templates embed.FS

// pages are the templates of all pages, by name.
var pages = parsed()

func parsed() map[string]*template.Template {
	base := template.New("frame").Funcs(template.FuncMap{"say": fmt.Sprintf, "icon": icon, "asset": assetPath})
	base = template.Must(base.ParseFS(templates, "templates/frame.html", "templates/parts.html", "templates/fields.html"))
	base = template.Must(journey.Parse(base))
	all := map[string]*template.Template{}
	for _, name := range []string{"overview", "channel", "message", "search", "signin", "wrong", "failures", "replay", "letter", "calls", "call", "contact", "audit", "system", "traffic", "new", "added", "change", "remove"} {
		t := template.Must(base.Clone())
		all[name] = template.Must(t.ParseFS(templates, "templates/"+name+".html"))
	}
	return all
}

// write makes a page whole before it sends any of it.
func (q *request) write(status int, p *page) {
	p.request = q
	var out bytes.Buffer
	if err := pages[p.name].ExecuteTemplate(&out, "frame", p); err != nil {
		q.c.log.Error("console: a page could not be made", "page", p.name, "err", err)
		http.Error(q.w, q.W.Wrong.Title, http.StatusInternalServerError)
		return
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(q.Lang))
	h.Set("Vary", "Accept-Language, Accept-Encoding, Cookie")
	send(q.w, q.r, status, out.Bytes())
}

// tab is an entry of the navigation.
type tab struct{ Name, Href, Icon, Key, Text string }

// Tabs are the pages that the navigation leads to.
func (p *page) Tabs() []tab {
	w := p.W.Frame
	return []tab{
		{"overview", Path, "house", "o", w.Overview}, {"failures", failuresPath, "circle-x", "f", w.Failures}, {"calls", Path + "calls", "webhook", "c", w.Calls},
		{"audit", Path + "audit", "history", "a", w.Audit}, {"system", Path + "system", "server", "s", w.System}, {"new", newPath, "rocket", "n", w.New},
	}
}

// May says that who is signed in has this right: "write" or "content".
func (p *page) May(right string) bool {
	return p.Who.May(map[string]auth.Right{"read": auth.Read, "write": auth.Write, "content": auth.Content}[right])
}

// OtherLanguage and OtherTheme are this page in the other of both.
func (p *page) OtherLanguage() string {
	if p.Lang == terms.Spanish {
		return p.here("lang", "en")
	}
	return p.here("lang", "es")
}

// Here is where a page is followed: what a form led to, where the form is, since what it said stays as it is.
func (p *page) Here() string {
	if p.r.URL.Query().Has("k") {
		return shownBefore(p.r.URL.Path)
	}
	return p.here("", "")
}

func (p *page) InTheme(theme string) string { return p.here("theme", theme) }

// Zone is the zone of the times.
func (p *page) Zone() string { return p.Now.Format("MST (-07:00)") }

// Clock is a time of day, as terms has it; "" where it is not known.
func (q *request) Clock(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return q.W.Terms.Clock(t.AsTime(), q.Now, terms.Seconds)
}

// Moment is a time behind "since" or "until"; "" where it is not known.
func (q *request) Moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return q.W.Terms.Moment(t.AsTime(), q.Now, terms.Seconds)
}

// Instant is Clock with milliseconds.
func (q *request) Instant(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return q.W.Terms.Clock(t.AsTime(), q.Now, terms.Milliseconds)
}

// ISO is a time for machines.
func (q *request) ISO(t *timestamppb.Timestamp) string {
	return t.AsTime().Format("2006-01-02T15:04:05.000Z07:00")
}

// Ago is how long ago a time is, in whole seconds, Until how long it takes until it; "" where it is not known.
func (q *request) Ago(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	ago := q.Now.Sub(t.AsTime()).Truncate(time.Second)
	if ago < time.Second {
		return whole(q.W.Frame.LessThan)
	}
	return whole(q.Lang.Took(ago))
}

func (q *request) Until(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return whole(q.Lang.Took(t.AsTime().Sub(q.Now)))
}

// whole is a duration that is not broken into two lines.
func whole(took string) string { return strings.ReplaceAll(took, " ", "\u00a0") }

// Reason is a reason's sentence in the language.
func (q *request) Reason(r *reasonv1.Reason) string { return q.Lang.Reason(r) }

// Named is somebody with their role, once where both are the same word.
func (q *request) Named(name, role string) string {
	if name = cmp.Or(name, "?"); name == role {
		return name
	}
	return q.format(q.W.Frame.SignedIn, name, cmp.Or(role, q.W.Frame.NoRole))
}

// Our chooses between two texts of the bridge.
func (q *request) Our(en, es string) string { return q.Lang.Of(en, es) }

// channelHref and messageHref are pages of one.
func channelHref(id string) string { return Path + "c/" + url.PathEscape(id) }

func messageHref(id string) string { return Path + "m/" + url.PathEscape(id) }

// ChannelHref and MessageHref are pages of one, for templates.
func (q *request) ChannelHref(id string) string { return channelHref(id) }
func (q *request) MessageHref(id string) string { return messageHref(id) }
