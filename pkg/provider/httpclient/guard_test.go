package httpclient_test

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

func guarded(url string) httpclient.Request {
	return httpclient.Request{URL: url, Guarded: true}
}

func told(url string) httpclient.Request {
	return httpclient.Request{URL: url, Guarded: true, Told: true}
}

// refusedInside says that the call was refused for where it leads, for good.
func refusedInside(t *testing.T, err error) {
	t.Helper()
	f := outcome.Classify(err)
	if f == nil || f.Class != result.Rejected || !strings.Contains(f.Reason.String(), "not public") {
		t.Errorf("not refused: %v", err)
	}
}

func TestAGuardedURLReachesNothingInside(t *testing.T) {
	t.Parallel()
	base := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, httpclient.Options{})
	for name, host := range map[string]string{
		"loopback": "127.0.0.1", "loopback by name": "localhost", "another loopback": "127.9.9.9", "IPv4 in IPv6": "[::ffff:127.0.0.1]",
		"private":      "10.1.2.3",
		"link-local":   "169.254.169.254",
		"a provider's": "100.64.0.1",
		"unspecified":  "0.0.0.0",
	} {
		_, err := c.Do(t.Context(), guarded("http://"+net.JoinHostPort(strings.Trim(host, "[]"), port)+"/"))
		t.Run(name, func(t *testing.T) { refusedInside(t, err) })
	}
}

func TestAGuardedURLReachesNothingInsideOverIPv6(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here")
	}
	defer l.Close()
	c := newClient(t, httpclient.Options{})
	for name, address := range map[string]string{"loopback": l.Addr().String(), "unique local": "[fd12:3456::1]:80"} {
		_, err := c.Do(t.Context(), guarded("http://"+address+"/"))
		t.Run(name, func(t *testing.T) { refusedInside(t, err) })
	}
}

func TestARedirectReachesNothingInside(t *testing.T) {
	t.Parallel()
	inside := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	base := redirects(t, 302, inside)
	c := newClient(t, httpclient.Options{Configured: []string{base}})
	for name, r := range map[string]httpclient.Request{"of what the network told": told(base), "of what is configured": {URL: base}} {
		_, err := c.Do(t.Context(), r)
		t.Run(name, func(t *testing.T) { refusedInside(t, err) })
	}
}

func TestAConnectionOfAConfiguredHostIsNotAWayInside(t *testing.T) {
	t.Parallel()
	base := serve(t, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, httpclient.Options{})
	if _, err := c.Do(t.Context(), httpclient.Request{URL: base}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(t.Context(), guarded(base)) // a connection to it is idle now
	refusedInside(t, err)
}

// TestAnAttachmentReachesOfOurOwnOnlyTheFiles: its address is whatever an agent, or who took an agent's place, wrote.
func TestAnAttachmentReachesOfOurOwnOnlyTheFiles(t *testing.T) {
	t.Parallel()
	base := serve(t, func(http.ResponseWriter, *http.Request) {})
	id := strings.Repeat("0f", 16)
	away := redirects(t, 302, base+"/admin")
	c := newClient(t, httpclient.Options{PublicURL: base + "/puente", Configured: []string{base + "/api", away}})
	for _, id := range []string{id, "whatsapp-" + id} {
		if _, err := c.Do(t.Context(), guarded(base+"/puente/media/"+id)); err != nil {
			t.Errorf("a file: %v", err)
		}
	}
	for name, address := range map[string]string{
		"the front page": base, "another path": base + "/puente/metrics", "the folder": base + "/puente/media/", "the network's own": base + "/api/x",
		"no file's id": base + "/puente/media/" + id + "%2f..", "a path back": base + "/puente/media/../" + id, "a longer path": base + "/puente/media/" + id + "/x",
		"a query": base + "/puente/media/" + id + "?x=1", "another folder": base + "/media/" + id, "a redirect": away,
	} {
		_, err := c.Do(t.Context(), guarded(address))
		t.Run(name, func(t *testing.T) { refusedInside(t, err) })
	}
	r := guarded(base + "/puente/media/" + id)
	r.Method = http.MethodPost
	_, err := c.Do(t.Context(), r)
	refusedInside(t, err)
}

func TestConfiguredHostsAndAllowedRangesAreReached(t *testing.T) {
	t.Parallel()
	base := serve(t, func(http.ResponseWriter, *http.Request) {})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	byName := "http://LOCALHOST:" + u.Port()
	for name, test := range map[string]struct {
		options httpclient.Options
		url     string
	}{
		"the configured host and port": {httpclient.Options{Configured: []string{"", ":", base + "/api"}}, base + "/file"},
		"in other letters":             {httpclient.Options{Configured: []string{"http://localhost:" + u.Port()}}, byName},
		"a range that is allowed":      {httpclient.Options{AllowAddresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, base},
	} {
		if _, err := newClient(t, test.options).Do(t.Context(), told(test.url)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, o := range map[string]httpclient.Options{
		"another port":  {Configured: []string{"http://" + u.Hostname() + ":1"}},
		"no port":       {Configured: []string{"http://" + u.Hostname()}},
		"another range": {AllowAddresses: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
	} {
		_, err := newClient(t, o).Do(t.Context(), told(base))
		t.Run(name, func(t *testing.T) { refusedInside(t, err) })
	}
}

func TestTheRefusalSaysHowToOpenARange(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, httpclient.Options{}).Do(t.Context(), guarded("http://127.0.0.1:9/"+token))
	if err == nil || !strings.Contains(err.Error(), "allow_addresses") || strings.Contains(err.Error(), token) {
		t.Errorf("%v", err)
	}
	if _, ok := errors.AsType[*net.OpError](err); !ok {
		t.Errorf("the address is lost: %v", err)
	}
}
