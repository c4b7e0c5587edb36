package caller

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestACallerIsWhomATrustedProxyNames(t *testing.T) {
	proxies := Trusted{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, test := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"direct", "203.0.113.7:4711", nil, "203.0.113.7"},
		{"a stranger cannot name another", "203.0.113.7:4711", []string{"198.51.100.1"}, "203.0.113.7"},
		{"one proxy", "10.0.0.1:4711", []string{"198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.0.0.1:4711", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"in two headers", "10.0.0.1:4711", []string{"198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		{"what was sent before the proxy's word", "10.0.0.1:4711", []string{"192.0.2.9, 198.51.100.1"}, "198.51.100.1"},
		{"no word", "10.0.0.1:4711", nil, "10.0.0.1"},
		{"nonsense", "10.0.0.1:4711", []string{"198.51.100.1, x"}, "10.0.0.1"},
		{"version 6", "[fd00::1]:4711", []string{"2001:db8::1"}, "2001:db8::1"},
		{"version 4 in 6", "[::ffff:10.0.0.1]:4711", []string{"198.51.100.1"}, "198.51.100.1"},
		{"a zone is any text", "10.0.0.1:4711", []string{"fe80::1%Set-Cookie: a"}, "fe80::1"},
		{"no address", "pipe", []string{"198.51.100.1"}, "unknown"},
	} {
		r := &http.Request{RemoteAddr: test.remote, Header: http.Header{"X-Forwarded-For": test.forwarded}}
		if got := proxies.Name(r); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestACallersBoundsAreThoseOfItsNetwork(t *testing.T) {
	for remote, want := range map[string]string{
		"203.0.113.7:4711": "203.0.113.7/32", "[::ffff:203.0.113.7]:1": "203.0.113.7/32", "[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:1": "fe80::/64", "pipe": netip.Prefix{}.String(),
	} {
		if got := Trusted(nil).Origin(&http.Request{RemoteAddr: remote}).String(); got != want {
			t.Errorf("%s: %s, want %s", remote, got, want)
		}
	}
}
