package yamlfile

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/weburl"
)

// Path is a path that counts from the folder of the file; "" where it is missing and there is no default.
func (p Place) Path(fallback string) string {
	s := p.Text()
	if s == "" {
		s = fallback
	}
	if s == "" || filepath.IsAbs(s) {
		return s
	}
	return filepath.Join(p.source.Folder, s)
}

// HostPort is an address to listen on, as it is written: an empty host is every interface, port 0 any that is free. "" where a
// mistake was reported.
func (p Place) HostPort(fallback string) string {
	s, ok := p.Scalar("!!str", "host:port")
	if !ok {
		return ""
	}
	if s == "" {
		return fallback
	}
	host, port, err := net.SplitHostPort(s)
	if _, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || strings.ContainsAny(host, "/@ ") {
		p.Wrong("must be host:port, such as %s", fallback)
		return ""
	}
	return s
}

// Prefixes are the ranges of a list of addresses, with the bits of the host left out; an address alone is a range of one.
// What is none is reported and left out.
func (p Place) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, item := range p.Items() {
		s, ok := item.Required()
		if !ok {
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if ip, e := netip.ParseAddr(s); e == nil && ip.Zone() == "" {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		switch {
		case err != nil:
			item.Wrong("must be a range of addresses, such as 10.0.0.0/8 or fd00::/8")
		case prefix.Addr().Is4In6(): // addresses are compared as IPv4, so it would contain none
			item.Wrong("must be written as IPv4, without ::ffff:")
		default:
			out = append(out, prefix.Masked())
		}
	}
	return out
}

// WebURL is an absolute http or https URL in ASCII (see [weburl.Normal]); nil where it is missing, and where a mistake was
// reported: then given is true.
func (p Place) WebURL() (u *url.URL, given bool) {
	s, ok := p.Scalar("!!str", "a URL")
	if s == "" {
		return nil, !ok
	}
	normal, err := weburl.Normal(s)
	if err != nil || strings.ContainsAny(s, " \t\r\n") {
		p.Wrong("must be an absolute http or https URL, such as https://bridge.example.com")
		return nil, true
	}
	u, err = url.Parse(normal)
	switch {
	case err != nil || !ValidPort(u):
		p.Wrong("must be an absolute http or https URL, such as https://bridge.example.com")
	case u.User != nil:
		p.Wrong("must hold no user or password")
	case strings.Contains(s, "#"):
		p.Wrong("must hold no fragment (#)")
	default:
		return u, true
	}
	return nil, true
}

// ValidPort says that a URL has no port, or one that can be called.
func ValidPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && n > 0
}
