package httpclient_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// agrees starts a server that says a line in the clear, and another over TLS.
func agrees(t *testing.T) (host string, server *httptest.Server) {
	t.Helper()
	server = httptest.NewTLSServer(nil) // for its certificate, which is one of 127.0.0.1
	t.Cleanup(server.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "go\n")
			secure := tls.Server(c, &tls.Config{Certificates: server.TLS.Certificates})
			_, _ = io.WriteString(secure, "hello\n")
			c.Close()
		}
	}()
	return l.Addr().String(), server
}

func TestAConnectionBecomesSecureLater(t *testing.T) {
	host, server := agrees(t)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	trusting := newClient(t, httpclient.Options{})
	trusting.Trust(roots)
	for name, one := range map[string]struct {
		client *httpclient.Client
		host   string
		good   bool
	}{
		"a certificate of the host's": {trusting, "127.0.0.1", true},
		"one of another host's":       {trusting, "smtp.example.net", false},
		"one that nobody vouches for": {newClient(t, httpclient.Options{}), "127.0.0.1", false},
	} {
		plain, err := one.client.Dial(t.Context(), httpclient.Address{Host: host})
		if err != nil {
			t.Fatal(err)
		}
		defer plain.Close()
		line := make([]byte, len("go\n")) // and nothing of what follows
		if _, err := io.ReadFull(plain, line); err != nil {
			t.Fatal(err)
		}
		secure, err := one.client.StartTLS(t.Context(), plain, one.host)
		if (err == nil) != one.good {
			t.Errorf("%s: %v", name, err)
		}
		if f := outcome.Classify(err); err != nil && f.Class != result.Retry {
			t.Errorf("%s is %v", name, err)
		}
		if err != nil {
			if _, err := plain.Write([]byte("x")); err == nil {
				t.Errorf("%s: the connection is open in the clear", name)
			}
			continue
		}
		if line, err := bufio.NewReader(secure).ReadString('\n'); line != "hello\n" {
			t.Errorf("%s: read %q: %v", name, line, err)
		}
		secure.Close()
	}
}
