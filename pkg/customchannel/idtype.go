package customchannel

// IDType is what a channel's contact ids are; the operator chooses it when the
// channel is set up at the platform.
type IDType string

const (
	// Phone ids are E.164 with +. Only they let the platform write first.
	Phone IDType = "phone"
	// Custom ids are at most MaxContactID of A-Z a-z 0-9 _ = + / @.
	Custom IDType = "custom"
)

// Check returns nil where contactID fits the type, else Problems. An unknown type
// fits nothing.
func (t IDType) Check(contactID string) error {
	var r report
	r.contactID(contactID, t)
	return r.err()
}

// contactID checks what holds for every type, then what t asks for.
func (r *report) contactID(id string, t IDType) {
	r.text("contactId", id, true, MaxContactID)
	switch t {
	case Phone:
		if !isE164(id) {
			r.add("contactId", RuleFormat, limitPhoneID, "")
		}
	case Custom:
		if !isCustomID(id) {
			r.add("contactId", RuleFormat, limitCustomID, "")
		}
	default:
		r.add("idType", RuleEnum, limitIDTypes, "")
	}
}

// isE164 takes the number's shape only; whether it exists, the network knows.
func isE164(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func isCustomID(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '_', c == '=', c == '+', c == '/', c == '@':
		default:
			return false
		}
	}
	return true
}
