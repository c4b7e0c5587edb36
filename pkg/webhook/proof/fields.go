package proof

func (p signing) fields() []string {
	return append(append(p.only.Fields(), p.over.Fields()...), p.secret)
}

// texts are the fields that a scheme has to read the text of. hmacs are the HMACs in it, whose keys can be sealed.

func (t Token) texts() []string { return t.fields() }

func (h HMAC) texts() []string { return append(h.Only.Fields(), h.Over.Fields()...) }

func (h Hash) texts() []string { return h.fields() }

func (g Signature) texts() []string { return g.fields() }

func (j JWT) texts() []string { return j.fields() }

func (a AnyOf) texts() (all []string) {
	for _, scheme := range a {
		if scheme != nil {
			all = append(all, scheme.texts()...)
		}
	}
	return all
}

func (t Token) hmacs() []HMAC { return nil }

func (h HMAC) hmacs() []HMAC { return []HMAC{h} }

func (h Hash) hmacs() []HMAC { return nil }

func (g Signature) hmacs() []HMAC { return nil }

func (j JWT) hmacs() []HMAC { return nil }

func (a AnyOf) hmacs() (all []HMAC) {
	for _, scheme := range a {
		if scheme != nil {
			all = append(all, scheme.hmacs()...)
		}
	}
	return all
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
