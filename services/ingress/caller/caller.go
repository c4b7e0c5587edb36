// Package caller says who calls, behind proxies too. It does no more than read a request's head.
package caller

import (
	"net/http"
	"net/netip"
	"strings"
)

// Trusted are the proxies whose word about their callers is believed; the zero value believes nobody's.
type Trusted []netip.Prefix

// Address is who called: the other end of the connection, or whom a trusted proxy names. Each proxy adds whom it was
// called by at the end of the list, so that it is read from there as far as it is trusted. It is invalid where nobody
// knows.
func (t Trusted) Address(r *http.Request) netip.Addr {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	caller := end.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && t.trusted(caller); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		caller = hop.Unmap().WithZone("") // a zone is any text
	}
	return caller
}

// Name is who called, for the log: an address, or "unknown".
func (t Trusted) Name(r *http.Request) string {
	if a := t.Address(r); a.IsValid() {
		return a.String()
	}
	return "unknown"
}

// Origin is whom the bounds of a caller count for: an IPv4 address, or the /64 that one IPv6 customer has whole.
func (t Trusted) Origin(r *http.Request) netip.Prefix {
	a := t.Address(r)
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // the zero value where nobody knows
	return p
}

func (t Trusted) trusted(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
