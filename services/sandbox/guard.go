package sandbox

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// guard keeps other websites out of a sandbox on somebody's own machine. A name that was made to resolve to loopback
// (DNS rebinding) is told by its Host; a form or script of another site by its origin.
func (s *Sandbox) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "the call comes from another site's page")
	}))
	next = origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		if !s.answersTo(r.Host) {
			refuse(w, http.StatusForbidden, "the sandbox does not answer to this host name")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answersTo reports whether a Host header names this machine.
func (s *Sandbox) answersTo(host string) bool {
	if u, err := url.Parse(s.cfg.URL()); err == nil && u.Host != "" && strings.EqualFold(u.Host, host) {
		return true
	}
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip, err := netip.ParseAddr(name); err == nil && ip.IsLoopback() {
		return true
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(s.cfg.Hosts, name)
}
