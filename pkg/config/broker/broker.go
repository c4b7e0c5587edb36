// Package broker reads the settings of the broker, NATS: where it is, how a service shows itself to it, and what is stored there. It
// reaches nothing: whether a server answers shows later.
package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// NATS is the broker.
type NATS struct {
	// URL is one or more addresses with commas between them; empty means the embedded server. It may hold a user and a
	// password, which NATS does not print.
	URL string
	// Credentials is the path of a NATS credentials file (JWT and seed); "" for none. It is not read here.
	Credentials string
	// NKey is the seed of the service's key: empty for none, and where there are Credentials.
	NKey secret.Text
	// CA holds, in PEM, the certificates of those that sign the servers'; "" for those of the machine.
	CA string
	// Certificate is the service's own, in PEM, and Key its private key; empty for none. The key is the certificate's.
	Certificate string
	Key         secret.Text
	// Inbox is what the subjects begin with on which a service is answered, 1 to 64 characters; "_" and the service's name
	// follow. "", the default, is _INBOX.
	Inbox string
	// APIPrefix stands instead of $JS.API in front of what JetStream is asked, 1 to 64 characters; "", the default, is none.
	APIPrefix string
	// Replicas is how many servers hold each stream: 1, 3 or 5; default 1, and 1 for the embedded server.
	Replicas int
	// Store is how many bytes streams, buckets and attachments may take together on each server, 64 MB and more; 0, the
	// default, is 20 GB.
	Store int64
	// SyncInterval is how often the embedded server syncs to disk: 0, the default ("always"), means after every write.
	// "interval" is [DefaultSyncInterval]; any other is from 10 ms to 10 min.
	SyncInterval time.Duration
}

// DefaultSyncInterval is what "interval" means, as with the server's own default.
const DefaultSyncInterval = 2 * time.Minute

// Embedded says that the broker runs in the same process.
func (n NATS) Embedded() bool { return n.URL == "" }

var userinfo = regexp.MustCompile(`//[^/,]*@`)

// String hides what the URL holds of credentials, and so do the other ways to print it.
func (n NATS) String() string {
	n.URL = userinfo.ReplaceAllString(n.URL, "//[secret]@")
	for _, pem := range []*string{&n.CA, &n.Certificate} { // no secrets, and pages long
		if *pem != "" {
			*pem = "[pem]"
		}
	}
	type plain NATS
	return fmt.Sprintf("%+v", plain(n))
}

// GoString hides.
func (n NATS) GoString() string { return n.String() }

// LogValue hides.
func (n NATS) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalJSON hides.
func (n NATS) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// Parse reads the settings; p is where they stand. Mistakes are reported there, and no mistake holds a value.
func Parse(p yamlfile.Place) NATS {
	n := NATS{Replicas: 1}
	f, ok := p.Fields("url", "credentials", "nkey", "ca", "cert", "key", "inbox", "api_prefix", "replicas", "store", "sync")
	if !ok {
		return n
	}
	server, known := servers(f["url"])
	n.URL = server
	n.Credentials = f["credentials"].Path("")
	if errors.Is(yamlfile.Regular(n.Credentials), yamlfile.ErrNotRegular) { // one that is missing here may be there later
		f["credentials"].Wrong("%v: a NATS credentials file is meant", yamlfile.ErrNotRegular)
	}
	if known && server == "" && n.Credentials != "" {
		f["credentials"].Wrong("goes with nats.url: the embedded server needs none")
	}
	n.access(f, known && server == "")
	if s, ok := f["replicas"].Scalar("!!int", "1, 3 or 5"); ok && s != "" {
		switch number, err := strconv.Atoi(s); {
		case err != nil || number != 1 && number != 3 && number != 5:
			f["replicas"].Wrong("must be 1, 3 or 5")
		case known && server == "" && number != 1:
			f["replicas"].Wrong("must be 1 without nats.url: the embedded server is alone")
		default:
			n.Replicas = number
		}
	}
	n.Store = f["store"].Size()
	n.SyncInterval = syncOf(f["sync"])
	return n
}

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

// syncOf is how often to sync to disk, 0 being always.
func syncOf(p yamlfile.Place) time.Duration {
	const allowed = "always, interval (every 2m) or a time from 10ms to 10m"
	s, _ := p.Scalar("!!str", allowed)
	switch s {
	case "", "always":
		return 0
	case "interval":
		return DefaultSyncInterval
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 10*time.Millisecond || d > 10*time.Minute {
		p.Wrong("must be %s", allowed)
	}
	return d
}
