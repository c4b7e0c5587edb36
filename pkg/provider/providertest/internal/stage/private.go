package stage

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
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
	texts := err.Error()
	if f, classified := errors.AsType[*provider.Failure](err); classified {
		texts += "\n" + f.Reason
	}
	ok = true
	for name, value := range s.private {
		if slices.ContainsFunc(conversation.Forms(value), func(form string) bool { return strings.Contains(texts, form) }) {
			r.Errorf("%s: the error holds %s", what, name)
			ok = false
		}
	}
	return ok
}
