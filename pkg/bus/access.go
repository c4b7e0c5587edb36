package bus

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/nkey"
)

// Access is how a NATS lets a service in, and what the service may call its own there. The zero value is a server that lets
// everybody in.
type Access struct {
	// Credentials is the path of a NATS credentials file, read anew at every connection; "" for none.
	Credentials string
	// NKey is the seed of the service's key; nil for none. It is asked for at every connection. [Connect] refuses a seed that
	// is none.
	NKey func() string
	// CA holds the certificates of those that sign the server's, in PEM; "" for those of the machine. With it, or with
	// a certificate of its own, the bus speaks TLS alone.
	CA string
	// Certificate is the service's own certificate, with those between it and its authority, in PEM; "" for none. Key is its
	// private key in PEM.
	Certificate string
	Key         func() string
	// Inbox is how the subjects begin on which the service is answered: the service's name follows, after "_". Default _INBOX.
	// Each service has its own, so that none may hear what another is told.
	Inbox string
	// APIPrefix stands in front of all that JetStream is asked, instead of "$JS.API": for a service in an account that imports
	// JetStream from another.
	APIPrefix string
}

// DefaultInbox is what inboxes begin with.
const DefaultInbox = "_INBOX"

// InboxOf is the prefix of a service's inboxes: a permission to hear them ends with ".>". base is [Access].Inbox.
func InboxOf(base, service string) string {
	if base == "" {
		base = DefaultInbox
	}
	return base + "_" + service
}

// subjectPrefix is what a prefix of subjects looks like: tokens with dots between them.
var subjectPrefix = regexp.MustCompile(`^[A-Za-z0-9_$-]+(\.[A-Za-z0-9_$-]+)*$`)

// errPrefix is what is wrong with a prefix that is none.
var errPrefix = errors.New("it is no prefix of subjects: letters, digits, _, - and $, with dots between them")

// options are how the client gets in as a service of this name.
func (a Access) options(service string) ([]nats.Option, error) {
	inbox := InboxOf(a.Inbox, service)
	if !subjectPrefix.MatchString(inbox) {
		return nil, fmt.Errorf("inbox for nats: %w", errPrefix)
	}
	if a.APIPrefix != "" && !subjectPrefix.MatchString(a.APIPrefix) {
		return nil, fmt.Errorf("api prefix for nats: %w", errPrefix)
	}
	options := []nats.Option{nats.CustomInboxPrefix(inbox)}
	if a.Credentials != "" {
		// read anew at every connection: a file that is not there now is a mistake, and not waited for
		f, err := os.Open(a.Credentials)
		if err != nil {
			return nil, fmt.Errorf("credentials for nats: %w", err)
		}
		_ = f.Close()
		options = append(options, nats.UserCredentials(a.Credentials))
	}
	if a.NKey != nil {
		public, err := nkey.Public(a.NKey())
		if err != nil {
			return nil, fmt.Errorf("nkey for nats: %w", err)
		}
		options = append(options, nats.Nkey(public, func(nonce []byte) ([]byte, error) { return nkey.Sign(a.NKey(), nonce) }))
	}
	secure, err := a.tls()
	if err != nil {
		return nil, err
	}
	if secure != nil {
		options = append(options, nats.Secure(secure))
	}
	return options, nil
}

// tls is how the connection is secured; nil where nothing is said of it: then the server and its address decide.
func (a Access) tls() (*tls.Config, error) {
	if a.CA == "" && a.Certificate == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(a.CA)) {
			return nil, errors.New("ca for nats: it holds no certificate in PEM")
		}
	}
	if a.Certificate != "" {
		if a.Key == nil {
			return nil, errors.New("certificate for nats: its key is missing")
		}
		pair, err := tls.X509KeyPair([]byte(a.Certificate), []byte(a.Key()))
		if err != nil {
			return nil, fmt.Errorf("certificate for nats: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// API is the subject of a request of JetStream's API, "STREAM.INFO.MESSAGES" say, as this service reaches it. It is for the packages
// below pkg/bus alone.
func (b *Bus) API(request string) string {
	if b.access.APIPrefix == "" {
		return jetstream.DefaultAPIPrefix + request
	}
	return b.access.APIPrefix + "." + request
}

// jetStream is the client of JetStream on a connection.
func (a Access) jetStream(nc *nats.Conn, options ...jetstream.JetStreamOpt) (jetstream.JetStream, error) {
	if a.APIPrefix == "" {
		return jetstream.New(nc, options...)
	}
	return jetstream.NewWithAPIPrefix(nc, a.APIPrefix, options...)
}
