package httpclient

import (
	"net/netip"
	"testing"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"93.184.216.34": true, "1.1.1.1": true, "172.15.255.255": true, "172.32.0.1": true, "100.63.255.255": true, "100.128.0.1": true,
		"2606:4700::1111": true, "2a00:1450::1": true,

		"0.0.0.0": false, "0.1.2.3": false, "127.0.0.1": false, "127.255.255.255": false, "10.0.0.1": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.1.1": false, "169.254.0.1": false, "169.254.169.254": false, "100.64.0.0": false, "100.127.255.255": false,
		"192.0.0.8": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false,
		"224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,

		"::": false, "::1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2001::1": false,
		"2001:db8::1": false, "2002:7f00:1::": false, "fc00::1": false, "fd12:3456::1": false, "fe80::1": false, "fe80::1%eth0": false,
		"fec0::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
	} {
		if got := public(netip.MustParseAddr(address).Unmap(), nil); got != want {
			t.Errorf("%s is public: %t, want %t", address, got, want)
		}
	}
	if allowed := []netip.Prefix{netip.MustParsePrefix("fe80::/64")}; !public(netip.MustParseAddr("fe80::1%eth0"), allowed) {
		t.Error("an allowed range leaves out addresses with a zone")
	}
}

// A network that thinks longer than the default is not cut before the time its request gave it.
func TestNothingButTheRequestItselfBoundsTheAnswer(t *testing.T) {
	t.Parallel()
	g := New(Options{}).http.Transport.(*guard)
	if g.plain.ResponseHeaderTimeout != 0 || g.guarded.ResponseHeaderTimeout != 0 {
		t.Error("the transport has a time-out of its own for answers")
	}
	if g.guarded.Proxy != nil {
		t.Error("a proxy would look up names where the guard cannot see")
	}
}
