package ingress

import (
	"net/http"
	"net/netip"
	"strings"
)

// address is who called: the other end of the connection, or whom a trusted proxy names. Each proxy adds whom it was
// called by at the end of the list, so that it is read from there as far as it is trusted. It is invalid where nobody
// knows.
func (in *Ingress) address(r *http.Request) netip.Addr {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	caller := end.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && in.trusted(caller); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		caller = hop.Unmap().WithZone("") // a zone is any text
	}
	return caller
}

// caller is who called, for the log.
func (in *Ingress) caller(r *http.Request) string {
	if a := in.address(r); a.IsValid() {
		return a.String()
	}
	return "unknown"
}

// origin is whom the bounds of a caller count for: an IPv4 address, or the /64 that one IPv6 customer has whole.
func (in *Ingress) origin(r *http.Request) netip.Prefix {
	a := in.address(r)
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // the zero value where nobody knows
	return p
}

func (in *Ingress) trusted(a netip.Addr) bool {
	for _, p := range in.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
