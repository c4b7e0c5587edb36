package sandbox

import (
	"bytes"
	"html/template"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/pkg/terms"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// wayTemplate draws the way of a message between both far ends, as the console does.
var wayTemplate = template.Must(template.Must(journey.Parse(template.New("way"))).New("way.html").Parse(
	`<p class="way-summary {{.Mood}}">{{.Summary}}{{with .Took}} <span>({{.}})</span>{{end}}</p>{{with .Next}}<p class="small">{{.}}</p>{{end}}{{template "journey" .}}`))

// endedHeader says of a way that nothing more is to come soon.
const endedHeader = "Puente-Ended"

// serveWay draws the way of a message, as a piece of the page. One that is not known yet has no content.
func (s *Sandbox) serveWay(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Way == nil {
		refuse(w, http.StatusNotFound, "nobody here knows the way of messages")
		return
	}
	m, err := s.cfg.Way(r.Context(), r.PathValue("id"))
	if err != nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var piece bytes.Buffer
	if err := wayTemplate.Execute(&piece, journey.Draw(m, journey.Options{Language: terms.Negotiate(r.Header.Get("Accept-Language"), terms.English), Now: time.Now()})); err != nil {
		s.log.Error("way cannot be drawn", "err", err)
		refuse(w, http.StatusInternalServerError, "the way cannot be drawn")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	if ended(m) {
		h.Set(endedHeader, "1")
	}
	_, _ = w.Write(piece.Bytes())
}

// ended says that a message has come as far as it will, or that only the contact can bring it further.
func ended(m *controlv1.Message) bool {
	switch m.GetState() {
	case controlv1.State_STATE_READ, controlv1.State_STATE_FAILED, controlv1.State_STATE_FAILED_BY_RECEIPT, controlv1.State_STATE_REPEATED:
		return true
	case controlv1.State_STATE_SENT:
		return m.GetDirection() == controlv1.Direction_DIRECTION_IN
	default:
		return false
	}
}

// serveConsole leads to the console, signed in: both are for whoever sits at this machine.
func (s *Sandbox) serveConsole(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Console == nil {
		refuse(w, http.StatusNotFound, "there is no console")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.cfg.Console(), http.StatusSeeOther)
}
