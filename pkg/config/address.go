package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/weburl"
)

// path is a path that counts from the folder of the file; "" where it is missing and there is no default.
func (p place) path(fallback string) string {
	s := p.text()
	if s == "" {
		s = fallback
	}
	if s == "" || filepath.IsAbs(s) {
		return s
	}
	return filepath.Join(p.folder, s)
}

// hostPort is an address to listen on; "" where a mistake was reported.
func (p place) hostPort(fallback string) string {
	s, ok := p.scalar("!!str", "host:port")
	if !ok {
		return ""
	}
	if s == "" {
		return fallback
	}
	host, port, err := net.SplitHostPort(s)
	if _, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || strings.ContainsAny(host, "/@ ") {
		p.wrong("must be host:port, such as %s", fallback)
		return ""
	}
	return s
}

// everywhere says whether listening on this host means every interface.
func everywhere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// loopback says whether only this machine reaches the host.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// prefixes are ranges of addresses.
func (p place) prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, item := range p.items() {
		s, ok := item.required()
		if !ok {
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if ip, e := netip.ParseAddr(s); e == nil && ip.Zone() == "" {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		switch {
		case err != nil:
			item.wrong("must be a range of addresses, such as 10.0.0.0/8 or fd00::/8")
		case prefix.Addr().Is4In6(): // addresses are compared as IPv4, so it would contain none
			item.wrong("must be written as IPv4, without ::ffff:")
		default:
			out = append(out, prefix.Masked())
		}
	}
	return out
}

// webURL is an absolute http or https URL in ASCII (see [weburl.Normal]); nil where it is missing, and where a mistake was
// reported: then given is true.
func (p place) webURL() (u *url.URL, given bool) {
	s, ok := p.scalar("!!str", "a URL")
	if s == "" {
		return nil, !ok
	}
	normal, err := weburl.Normal(s)
	if err != nil || strings.ContainsAny(s, " \t\r\n") {
		p.wrong("must be an absolute http or https URL, such as https://bridge.example.com")
		return nil, true
	}
	u, err = url.Parse(normal)
	switch {
	case err != nil || !validPort(u):
		p.wrong("must be an absolute http or https URL, such as https://bridge.example.com")
	case u.User != nil:
		p.wrong("must hold no user or password")
	case strings.Contains(s, "#"):
		p.wrong("must hold no fragment (#)")
	default:
		return u, true
	}
	return nil, true
}

func validPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && n > 0
}

// servers are the addresses of NATS as they are written; false where a mistake was reported.
func (p place) servers() (string, bool) {
	s, ok := p.scalar("!!str", "a URL")
	if s == "" {
		return "", ok
	}
	for server := range strings.SplitSeq(s, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Hostname() == "" || !validPort(u) || !natsScheme(u.Scheme) {
			p.wrong("must be one or more of nats://, tls://, ws:// or wss:// host:port, with commas between them")
			return "", false
		}
	}
	return s, true
}

func natsScheme(s string) bool { return s == "nats" || s == "tls" || s == "ws" || s == "wss" }
