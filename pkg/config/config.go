package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
	"time"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/secret"
)

// Config is the whole configuration, checked and with its defaults.
type Config struct {
	// Listen is the address of the public side, host:port; default 127.0.0.1:8080. An empty host is every interface.
	Listen string
	// Internal is the address of health checks and of the control API, host:port; default 127.0.0.1:8081.
	Internal string
	// PublicURL is scheme and host under which the outside reaches Listen, without a slash at its end: what networks
	// sign and media links start with. Default http:// and Listen where that is a loopback address; "" where its port
	// is 0 too, since it is known only after listening.
	PublicURL string
	// Data is the folder of the embedded server; default data, next to the file.
	Data string
	// NATS is the broker.
	NATS NATS
	// Log is what is logged, and how.
	Log Log
	// AllowAddresses are private ranges that attachments may be fetched from; default none.
	AllowAddresses []netip.Prefix
	// TrustedProxies are ranges whose X-Forwarded headers are believed; default none.
	TrustedProxies []netip.Prefix
	// Trace is about tracing.
	Trace Trace
	// Stop is about the end of a process.
	Stop Stop
	// History is the record of messages that operators search.
	History History
	// DigestKey is the deployment's digest key, 32 bytes; empty where Puente makes it and keeps it at the broker alone, and where the
	// file was read without networks.
	DigestKey secret.Value[[]byte]
	// Retention is how long content is kept that is not needed to deliver messages.
	Retention Retention
	// Control is the control API; empty where the file was read without networks, but by [LoadControl].
	Control operators.API
	// Channels are the channels in the order of the file, or of the one that channels_file names; nil where the file was
	// read without networks.
	Channels []Channel

	// Files are those that it was read from, the file itself first, then the ones that it refers to. A change of any of them may
	// change the configuration.
	Files []string

	// Warnings are what is allowed and seldom meant, such as plain http.
	Warnings []yamlfile.Mistake
}

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

// Log is what is logged, and how.
type Log struct {
	// Level is the lowest level that is logged: debug, info, warn or error; default info.
	Level slog.Level
	// Format is text (the default) or json.
	Format Format
}

// Format is how a log entry is written.
type Format string

// The formats of a log.
const (
	Text Format = "text"
	JSON Format = "json"
)

// Stop is about the end of a process that is told to stop.
type Stop struct {
	// Grace is the longest that what is being sent may go on, 1 s to 10 min; default [DefaultGrace]. A network whose sends
	// take less has less. Whatever ends the process by force has to wait longer.
	Grace time.Duration
	// Linger is how long ingress goes on answering, until nobody calls it any more, at most a minute; nil, the default, is
	// none for the all-in-one and 5 s for a process of its own.
	Linger *time.Duration
}

// DefaultGrace is a minute, the longest that most sends take, and time to record what became of them.
const DefaultGrace = 65 * time.Second

// LingerOr is how long ingress goes on answering, or what the program does where the file says nothing.
func (s Stop) LingerOr(otherwise time.Duration) time.Duration {
	if s.Linger == nil {
		return otherwise
	}
	return *s.Linger
}

// Longest is how long a stop may take that goes as it should.
func (s Stop) Longest() time.Duration { return s.Grace + s.LingerOr(0) }

// Trace is about tracing.
type Trace struct {
	// TrustCaller continues the trace of whoever calls, instead of linking to it; default false.
	TrustCaller bool
	// Jaeger is where people look at traces: the address of Jaeger's web page, without a slash at its end; "" for none.
	Jaeger string
}

// URL is where people look at the trace with this id, 32 hex digits; "" where there is no Jaeger, or no trace.
func (t Trace) URL(id string) string {
	if t.Jaeger == "" || id == "" {
		return ""
	}
	return t.Jaeger + "/trace/" + url.PathEscape(id)
}

// Channel is one channel of the platform and the account that serves it.
type Channel struct {
	// ID is the channel's id as the platform shows it: 1 to 64 of A-Z a-z 0-9 _ -. No two channels share one.
	ID string
	// Network is the name of a network.
	Network string
	// ContactID is what contact ids are: phone or custom. It must be what the channel was set up with at the platform.
	ContactID customchannel.IDType
	// Platform is the platform's side.
	Platform Platform
	// Account is the network's side, checked by the network.
	Account Account
	// Verifies are the settings of the account that the network's calls are judged by.
	Verifies []string
	// Seal is that of the channel's [Network]; nil for none.
	Seal func(account json.RawMessage) (json.RawMessage, error) `json:"-"`
	// Uncertain is what becomes of a message whose send was not answered.
	Uncertain Uncertain
	// Locale is the language of what the platform's agents read of the channel, why a message failed; default Spanish.
	Locale reason.Locale
}

// Platform is the platform's side of a channel.
type Platform struct {
	// WebhookURL is where the platform takes messages of the channel, http or https.
	WebhookURL string
	// APIToken is what both sides show each other. No two channels share one.
	APIToken secret.Text
}

// Reveal is the JSON object of the configuration, token included, for the one place that stores it.
func (p Platform) Reveal() json.RawMessage {
	data, err := json.Marshal(map[string]string{"webhook_url": p.WebhookURL, "api_token": p.APIToken.Reveal()})
	if err != nil {
		panic(err) // strings can always be written
	}
	return data
}

// Uncertain is what becomes of a message whose send was not answered.
type Uncertain string

// What becomes of a message whose send was not answered, where the network does not drop repeats by itself.
const (
	Resend Uncertain = "resend" // it is sent again: better twice than never; the default
	Hold   Uncertain = "hold"   // it is not: it ends in the dead letters, and the agent is told
)
