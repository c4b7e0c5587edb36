package ingress

import (
	"net/http"
	"net/netip"
	"strings"
)

// caller is who called, for the log: the other end of the connection, or whom a trusted proxy names. Each proxy adds
// whom it was called by at the end of the list, so that it is read from there as far as it is trusted.
func (in *Ingress) caller(r *http.Request) string {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	caller := end.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && in.trusted(caller); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		caller = hop.Unmap()
	}
	return caller.String()
}

func (in *Ingress) trusted(a netip.Addr) bool {
	for _, p := range in.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
