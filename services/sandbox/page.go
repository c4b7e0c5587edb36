package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/pkg/terms"
	"github.com/bonychat/puente/services/sandbox/internal/words"
)

//go:embed assets
var assets embed.FS

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"args": func(side, label string, t map[string]string) composer { return composer{side, label, t} },
}).ParseFS(assets, "assets/page.html"))

// composer is where one side writes.
type composer struct {
	Side, Label string
	T           map[string]string
}

// policy lets the page load nothing but its own script and style. Pictures and sound come from wherever a message's
// link points.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: http:; " +
	"media-src 'self' https: http:; form-action 'self'; base-uri 'none'; "

// Who may show a page within its own: nobody this one, and this one a [Site].
const (
	pagePolicy = policy + "frame-src 'self'; frame-ancestors 'none'"
	sitePolicy = policy + "frame-ancestors 'self'"
)

// siteHead bounds what a website's pages may load.
func siteHead(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", sitePolicy)
		w.Header().Set("Cache-Control", "no-cache")
		site.ServeHTTP(w, r)
	})
}

// view is what the page is made of.
type view struct {
	Lang     terms.Language
	T        map[string]string
	Channels []*channel
	Channel  *channel
	Contact  string
	// Wrong is what is wrong with the contact that was asked for.
	Wrong  string
	HasTel bool
	// Site is the address of the live chat of the channel's website; "" for none.
	Site string
	// Way says that the way of messages is drawn, Console that the operators' page is there.
	Way, Console bool
	Info         channelInfo
	Samples      []sample
	Faults       []fault
	Data         data
	Curl         []command
}

// data is what the script knows.
type data struct {
	Lang    terms.Language    `json:"lang"`
	Channel string            `json:"channel"`
	Contact string            `json:"contact"`
	Phone   bool              `json:"phone"`
	Files   string            `json:"files"`
	T       map[string]string `json:"t"`
}

// fault is a button that makes the next message fail; Text names its text.
type fault struct {
	Kind, Text string
	After      int
}

var pageFaults = []fault{
	{"too_many", "too_many", 6000}, {"broken", "broken", 0}, {"lost_before", "lost_before", 0},
	{"lost_after", "lost_after", 0}, {"undelivered", "undelivered", 0}, {"refused", "unreachable", 0},
}

// command is a line to copy.
type command struct{ Text, Line string }

func (s *Sandbox) servePage(w http.ResponseWriter, r *http.Request) {
	lang := terms.Negotiate(r.Header.Get("Accept-Language"), terms.English)
	h := w.Header()
	h.Set("Content-Language", string(lang))
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", pagePolicy)
	if len(s.order) == 0 {
		refuse(w, http.StatusNotFound, "no channels")
		return
	}
	v := view{Lang: lang, T: words.In(lang), Channels: s.order, Channel: s.order[0], Samples: samples, Faults: pageFaults}
	if c := s.channels[r.FormValue("channel")]; c != nil {
		v.Channel = c
	}
	v.HasTel = v.Channel.phone != nil
	v.Way, v.Console = s.cfg.Way != nil, s.cfg.Console != nil
	v.Contact = r.FormValue("contact")
	if v.Contact != "" {
		if err := v.Channel.ContactID.Check(v.Contact); err != nil {
			v.Wrong, v.Contact = err.Error(), ""
		}
	}
	if v.Contact == "" {
		v.Contact = firstContact(v.Channel)
	}
	if s.cfg.Site != nil && s.cfg.Site.Channel == v.Channel.ID {
		v.Site = SitePath + "?visitor=" + url.QueryEscape(v.Contact)
	}
	v.Info = s.info(v.Channel)
	v.Data = data{Lang: lang, Channel: v.Channel.ID, Contact: v.Contact, Phone: v.HasTel, Files: s.cfg.URL() + "/sandbox/files/", T: v.T}
	v.Curl = s.commands(v)
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, v); err != nil {
		s.log.Error("page cannot be made", "err", err)
		refuse(w, http.StatusInternalServerError, "the page cannot be made")
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes())
}

// firstContact is whom the page shows where nobody was asked for: whoever wrote last, else an example.
func firstContact(c *channel) string {
	if known := c.agent.Contacts(); len(known) > 0 {
		return known[0].Contact
	}
	if c.ContactID == customchannel.Phone {
		return "+34600111222"
	}
	return "ana"
}

// commands are calls to copy. Ids and tokens hold no quote: the contract's do not, and url.PathEscape leaves none.
func (s *Sandbox) commands(v view) []command {
	at := s.cfg.URL() + "/sandbox/api/"
	messages := "/" + url.PathEscape(v.Channel.ID) + "/" + url.PathEscape(v.Contact) + "/messages"
	text := func(name string) string { return `{"type": "text", "text": ` + strconv.Quote(v.T[name]) + `}` }
	out := []command{
		{"curl_gateway", "curl " + s.cfg.APIBaseURL() + "/message -H 'authorization: Bearer " + v.Info.APIToken + "' -H 'content-type: application/json' -d '" +
			`{"channelId": ` + strconv.Quote(v.Channel.ID) + `, "contactId": ` + strconv.Quote(v.Contact) + `, "message": ` + text("hello") + `}'`},
		{"curl_agent", "curl " + at + "agent" + messages + " -d '" + text("hello") + "'"},
	}
	if v.HasTel {
		out = append(out,
			command{"curl_phone", "curl " + at + "phone" + messages + " -d '" + text("hello_phone") + "'"},
			command{"curl_list", "curl " + at + "phone" + messages},
		)
	}
	return out
}

var assetTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	data, err := assets.ReadFile("assets/" + name)
	if name == "journey.css" {
		data, err = journey.CSS, nil
	}
	kind := assetTypes[path.Ext(name)]
	if err != nil || kind == "" {
		refuse(w, http.StatusNotFound, "no such asset")
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(data)
}
