package config

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// servers are the addresses of NATS as they are written; false where a mistake was reported.
func servers(p yamlfile.Place) (string, bool) {
	s, ok := p.Scalar("!!str", "a URL")
	if s == "" {
		return "", ok
	}
	for server := range strings.SplitSeq(s, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Hostname() == "" || !yamlfile.ValidPort(u) || !natsScheme(u.Scheme) {
			p.Wrong("must be one or more of nats://, tls://, ws:// or wss:// host:port, with commas between them")
			return "", false
		}
	}
	return s, true
}

func natsScheme(s string) bool { return s == "nats" || s == "tls" || s == "ws" || s == "wss" }

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
