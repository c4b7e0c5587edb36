package bus_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/certtest"
	"github.com/bonychat/puente/pkg/nkey"
)

// serve starts a server with JetStream on a loopback port.
func serve(t *testing.T, o *server.Options) string {
	t.Helper()
	o.Host, o.Port, o.NoSigs, o.NoLog, o.JetStream, o.StoreDir = "127.0.0.1", server.RANDOM_PORT, true, true, true, t.TempDir()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s.Addr().String()
}

// user is a key of its own: its seed, and who it is for the server.
func user(t *testing.T, of *server.Account) (seed string, u *server.NkeyUser) {
	t.Helper()
	seed, err := nkey.New()
	if err != nil {
		t.Fatal(err)
	}
	public, err := nkey.Public(seed)
	if err != nil {
		t.Fatal(err)
	}
	return seed, &server.NkeyUser{Nkey: public, Account: of}
}

func connect(t *testing.T, url string, a bus.Access) (*bus.Bus, error) {
	t.Helper()
	b, err := bus.Connect(url, bus.Options{Name: "ingress", Access: a})
	if err == nil {
		t.Cleanup(func() { b.Close(t.Context()) })
	}
	return b, err
}

func reveal(s string) func() string { return func() string { return s } }

func TestWhoShowsItsKeyAndItsCertificateIsLetIn(t *testing.T) {
	t.Parallel()
	own, other := certtest.New(t), certtest.New(t)
	cert, key := own.Issue("nats")
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(own.PEM))
	seed, u := user(t, nil)
	address := serve(t, &server.Options{
		Nkeys: []*server.NkeyUser{u}, TLS: true, TLSVerify: true, TLSTimeout: 10,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12},
	})
	client, clientKey := own.Issue("ingress")
	stranger, strangerKey := other.Issue("ingress")
	foreign, err := nkey.New()
	if err != nil {
		t.Fatal(err)
	}
	good := bus.Access{NKey: reveal(seed), CA: own.PEM, Certificate: client, Key: reveal(clientKey)}
	for _, tc := range []struct {
		name string
		is   func(*bus.Access)
		in   bool
	}{
		{"its own", func(*bus.Access) {}, true},
		{"another's key", func(a *bus.Access) { a.NKey = reveal(foreign) }, false},
		{"no key", func(a *bus.Access) { a.NKey = nil }, false},
		{"no certificate", func(a *bus.Access) { a.Certificate, a.Key = "", nil }, false},
		{"a certificate of somebody else's", func(a *bus.Access) { a.Certificate, a.Key = stranger, reveal(strangerKey) }, false},
		{"an authority that did not sign the server's", func(a *bus.Access) { a.CA = other.PEM }, false},
		{"the machine's authorities", func(a *bus.Access) { a.CA = "" }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := good
			tc.is(&a)
			b, err := connect(t, "nats://"+address, a)
			if (err == nil) != tc.in {
				t.Fatalf("let in: %v, %v", err == nil, err)
			}
			if err == nil {
				if err := b.Conn().FlushTimeout(5 * time.Second); err != nil {
					t.Error(err)
				}
			} else if text := err.Error(); strings.Contains(text, foreign) || strings.Contains(text, "PRIVATE") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

// What cannot work is told at once, without a server, and nothing of a secret with it.
func TestAnAccessThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	a := certtest.New(t)
	cert, key := a.Issue("x")
	_, otherKey := a.Issue("y")
	for name, access := range map[string]bus.Access{
		"seed":               {NKey: reveal("SUS3CRET")},
		"ca":                 {CA: "S3CRET"},
		"certificate":        {Certificate: "S3CRET", Key: reveal(key)},
		"key of another":     {Certificate: cert, Key: reveal(otherKey)},
		"no key":             {Certificate: cert},
		"credentials":        {Credentials: filepath.Join(t.TempDir(), "none")},
		"inbox":              {Inbox: "a.>"},
		"inbox of nothing":   {Inbox: "a..b"},
		"prefix of a filter": {APIPrefix: "hub.*"},
	} {
		b, err := bus.Connect("nats://127.0.0.1:1", bus.Options{Name: "ingress", Access: access, Wait: true})
		if err == nil {
			b.Close(t.Context())
			t.Errorf("%s is taken", name)
		} else if strings.Contains(err.Error(), "S3CRET") || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A service that may hear its own inbox and no other works, whatever else is configured; and what others are told it does not hear.
func TestEachServiceIsAnsweredOnAnInboxOfItsOwn(t *testing.T) {
	t.Parallel()
	for base, prefix := range map[string]string{"": "_INBOX_ingress", "answers.here": "answers.here_ingress"} {
		seed, u := user(t, nil)
		u.Permissions = &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: []string{"$JS.API.STREAM.INFO.*"}},
			Subscribe: &server.SubjectPermission{Allow: []string{prefix + ".>"}},
		}
		address := serve(t, &server.Options{Nkeys: []*server.NkeyUser{u}})
		b, err := connect(t, "nats://"+address, bus.Access{NKey: reveal(seed), Inbox: base})
		if err != nil {
			t.Fatal(err)
		}
		var refused sync.Map
		b.Conn().SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused.Store(err.Error(), true) })
		if err := b.Ready(t.Context(), "MESSAGES"); err == nil || !strings.Contains(err.Error(), "not found") {
			t.Errorf("%q: %v", base, err)
		}
		refused.Range(func(what, _ any) bool {
			t.Errorf("%q: %v", base, what)
			return true
		})
		if _, err := b.Conn().SubscribeSync("_INBOX.>"); err != nil {
			t.Fatal(err)
		}
		if err := b.Conn().Flush(); err != nil {
			t.Fatal(err)
		}
		if err := b.Conn().LastError(); !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%q: another inbox is refused with %v", base, err)
		}
	}
}

// A service in an account of its own reaches the streams of the hub by the prefix under which they are imported.
func TestTheAPIIsReachedByItsPrefix(t *testing.T) {
	t.Parallel()
	seed, err := nkey.New()
	if err != nil {
		t.Fatal(err)
	}
	public, err := nkey.Public(seed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "nats.conf")
	text := `accounts {
  HUB { jetstream: enabled
    exports: [{service: "$JS.API.STREAM.INFO.*", accounts: [NET]}] }
  NET { users: [{nkey: ` + public + `}]
    imports: [{service: {account: HUB, subject: "$JS.API.STREAM.INFO.*"}, to: "hub.api.STREAM.INFO.*"}] }
}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	options, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, options)
	for prefix, want := range map[string]string{"hub.api": "stream not found", "": "JetStream not enabled for account"} {
		b, err := connect(t, "nats://"+address, bus.Access{NKey: reveal(seed), APIPrefix: prefix})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Ready(t.Context(), "MESSAGES"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}
