package letter

import (
	"net/mail"
	"regexp"
	"strings"
)

// Address is one of a field such as From.
type Address struct {
	// Name is for people, "" for none. Mail is the address itself, as it is written.
	Name, Mail string
}

var (
	parser = mail.AddressParser{WordDecoder: &words}
	angled = regexp.MustCompile(`<\s*([^<>\s]+@[^<>\s]+?)\s*>`)
	naked  = regexp.MustCompile(`[^\s<>()",;:]+@[^\s<>()",;:]+`)
)

// Address is the first address of a field. ok is false where there is none.
func (h Header) Address(name string) (a Address, ok bool) {
	raw := h.Get(name)
	if len(raw) > 10_000 {
		raw = raw[:10_000]
	}
	if all, err := parser.ParseList(raw); err == nil && len(all) > 0 {
		return Address{OneLine(strings.ToValidUTF8(all[0].Name, "\uFFFD")), strings.ToValidUTF8(all[0].Address, "\uFFFD")}, true
	}
	// what many programs write, and no grammar has
	if m := angled.FindStringSubmatchIndex(raw); m != nil {
		return Address{Words(strings.Trim(raw[:m[0]], ` "`)), strings.ToValidUTF8(raw[m[2]:m[3]], "\uFFFD")}, true
	}
	if m := naked.FindString(raw); m != "" {
		return Address{"", strings.ToValidUTF8(m, "\uFFFD")}, true
	}
	return a, false
}

// Same is an address as it can be compared: in lower case. That the part before the "@" is in capitals means nothing to any server
// that people use.
func Same(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// Domain is what stands behind the "@".
func Domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
