package stage

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/reason"
)

// KeepPrivate remembers what the conversation says of people. Short words are no evidence when they turn up.
func (s *Stage) KeepPrivate(what, value string) {
	if len(value) >= 5 {
		s.private[what] = value
	}
}

// Private are all values that no error may hold.
func (s *Stage) Private() []string { return slices.Sorted(maps.Values(s.private)) }

// Discreet reports what an error gives away.
func (s *Stage) Discreet(r Reporter, what string, err error) (ok bool) {
	r.Helper()
	if err == nil {
		return true
	}
	texts := reasons(err)
	ok = true
	for name, value := range s.private {
		if slices.ContainsFunc(conversation.Forms(value), func(form string) bool { return strings.Contains(texts, form) }) {
			r.Errorf("%s: the error holds %s", what, name)
			ok = false
		}
	}
	return ok
}

// Foreign stands for whatever a network may say: no error has a word of it.
const Foreign = "w0rds-0f-the-netw0rk"

// Quotes reports an error that holds what the network said. What it says for people goes through [outcome.Quoting], which
// looks through it first; that is not in the error yet.
func Quotes(r Reporter, what string, err error) (ok bool) {
	r.Helper()
	if err == nil || !strings.Contains(strings.ToLower(reasons(err)), Foreign) {
		return true
	}
	r.Errorf("%s: the error quotes what the network said: hand its words to outcome.Quoting, or leave them out", what)
	return false
}

// reasons are all that an error says.
func reasons(err error) string {
	texts := err.Error()
	if f, classified := errors.AsType[*outcome.Failure](err); classified {
		texts += "\n" + f.Reason.Text(reason.English) + "\n" + f.Reason.Text(reason.Spanish)
	}
	return texts
}
