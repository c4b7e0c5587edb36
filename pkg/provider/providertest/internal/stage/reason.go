package stage

import (
	"strings"

	"github.com/bonychat/puente/pkg/reason"
)

// Told holds a reason to the rules: it says something, has all its values, and is declared by the network, or is one of
// the bridge's own.
func (s *Stage) Told(r Reporter, what string, why reason.Reason) (ok bool) {
	r.Helper()
	if why.IsZero() {
		r.Errorf("%s: the failure has no reason", what)
		return false
	}
	if err := why.Validate(); err != nil {
		r.Errorf("%s: %v", what, err)
		return false
	}
	if !strings.HasPrefix(why.Code(), "puente.") && !s.Network.Describe().Reasons.Has(why) {
		r.Errorf("%s: the reason %q (%s) is not declared: add it to the table in Network.Reasons, in English and Spanish", what, why.Code(), why)
		return false
	}
	return true
}
