package webhook

import (
	"slices"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Fields are the names of all fields of an account that the policy reads, sorted: what it judges calls by, and nothing else of
// the account is needed at the door.
func (p Policy) Fields() []string {
	var all []string
	if p.Verify != nil {
		all = proof.By(p.Verify).Fields()
	}
	for _, h := range p.Handshakes {
		all = append(append(all, h.Secret), h.When.Fields()...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}
