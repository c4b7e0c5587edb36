package webhook

import "slices"

// Fields are the names of all fields of an account that the policy reads, sorted: what it judges calls by, and nothing else of
// the account is needed at the door.
func (p Policy) Fields() []string {
	var all []string
	if p.Verify != nil {
		all = p.Verify.fields()
	}
	for _, h := range p.Handshakes {
		all = append(append(all, h.Secret), fieldsOf(h.When)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// fieldsOf are those that conditions compare with.
func fieldsOf(conditions []Condition) (all []string) {
	for _, q := range conditions {
		all = append(all, q.Secret)
	}
	return all
}

// fieldsIn are those that stand in a signed text.
func fieldsIn(parts []Part) (all []string) {
	for _, p := range parts {
		all = append(append(all, p.Account), fieldsIn(p.Sorted)...)
	}
	return all
}

func (p proof) fields() []string {
	return append(append(fieldsOf(p.only), fieldsIn(p.over)...), p.secret)
}

func (t Token) fields() []string { return []string{t.User, t.Secret} }

func (h HMAC) fields() []string { return h.proof().fields() }

func (h Hash) fields() []string { return h.proof().fields() }

func (g Signature) fields() []string { return g.proof().fields() }

func (j JWT) fields() []string {
	all := []string{j.Secret}
	for _, is := range j.Claims {
		all = append(all, is.Account)
	}
	return all
}

func (a AnyOf) fields() (all []string) {
	for _, scheme := range a {
		if scheme != nil {
			all = append(all, scheme.fields()...)
		}
	}
	return all
}
