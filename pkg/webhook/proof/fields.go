package proof

func (p signing) fields() []string {
	return append(append(p.only.Fields(), p.over.Fields()...), p.secret)
}

func (t Token) fields() []string { return []string{t.User, t.Secret} }

func (h HMAC) fields() []string { return h.signing().fields() }

func (h Hash) fields() []string { return h.signing().fields() }

func (g Signature) fields() []string { return g.signing().fields() }

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
