package system

import (
	"github.com/bonychat/puente/services/control/console"
	"github.com/bonychat/puente/services/control/console/session"
	"github.com/bonychat/puente/services/puente/operate"
)

// Console says where the operators' page is: with a link that signs in once, where the token's name is known, which is so on the
// machine of the bridge.
func Console(o operate.Operator) error {
	w, p := o.Words.Console, o.Place
	to := p.URL + console.Path
	if p.Name != "" {
		to = session.Link(p.URL, p.Name, p.Token)
	}
	if o.JSON {
		return o.Value(map[string]any{"url": to, "signs_in": p.Name != ""})
	}
	o.Line("%s", to)
	if p.Name != "" {
		o.Note("%s", w.Link)
	} else {
		o.Note("%s", w.Token)
	}
	return nil
}
