package config

import (
	"encoding/base64"
	hexadecimal "encoding/hex"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

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

// addresses reads where the program listens and how the outside reaches it.
func (r *reader) addresses(top map[string]yamlfile.Place, c *Config) {
	listen, internal, public := top["listen"], top["internal"], top["public_url"]
	c.Listen = listen.HostPort("127.0.0.1:8080")
	c.Internal = internal.HostPort("127.0.0.1:8081")
	if c.Listen != "" && c.Internal != "" && overlap(c.Listen, c.Internal) {
		internal.Wrong("must be another address than listen")
	}
	host, port, _ := net.SplitHostPort(c.Listen)
	u, given := public.WebURL()
	switch {
	case u != nil:
		if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery {
			public.Wrong("must be scheme and host only, without a path or query")
		}
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			public.Warn("plain http is fine for trying only: most networks call https alone")
		}
		c.PublicURL = u.Scheme + "://" + strings.ToLower(u.Host)
	case given || c.Listen == "": // reported
	case !loopback(host):
		public.Wrong("is required where listen is not a loopback address")
	case port != "0":
		c.PublicURL = "http://" + c.Listen
	}
}

// overlap says whether two addresses cannot be listened on at once.
func overlap(a, b string) bool {
	hostA, portA, _ := net.SplitHostPort(a)
	hostB, portB, _ := net.SplitHostPort(b)
	return portA == portB && portA != "0" && (hostA == hostB || everywhere(hostA) || everywhere(hostB))
}

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

// stop reads how a process ends.
func (r *reader) stop(p yamlfile.Place, c *Config) {
	c.Stop.Grace = DefaultGrace
	f, ok := p.Fields("grace", "linger")
	if !ok {
		return
	}
	if d := f["grace"].Duration(time.Second, 10*time.Minute); d != nil {
		c.Stop.Grace = *d
	}
	c.Stop.Linger = f["linger"].Duration(0, time.Minute)
}

// trace reads what is about tracing.
func (r *reader) trace(p yamlfile.Place, c *Config) {
	f, ok := p.Fields("trust_caller", "jaeger")
	if !ok {
		return
	}
	c.Trace.TrustCaller = f["trust_caller"].Truth()
	u, _ := f["jaeger"].WebURL()
	switch {
	case u == nil:
	case u.RawQuery != "" || u.ForceQuery:
		f["jaeger"].Wrong("must hold no query: it is the address of Jaeger's page, such as https://jaeger.example.com")
	default:
		c.Trace.Jaeger = strings.TrimRight(u.String(), "/")
	}
}

func (r *reader) log(p yamlfile.Place, c *Config) {
	f, ok := p.Fields("level", "format")
	if !ok {
		return
	}
	c.Log.Format = Format(f["format"].OneOf(string(Text), string(JSON)))
	c.Log.Level = map[string]slog.Level{
		"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[f["level"].OneOf("info", "debug", "warn", "error")]
}

// digestKeyLength is that of a digest key in bytes.
const digestKeyLength = 32

// digestKey is a key as base64 or hex; empty where it is missing or a mistake was reported.
func digestKey(p yamlfile.Place) secret.Value[[]byte] {
	s := p.Text()
	if s == "" {
		return secret.Value[[]byte]{}
	}
	for _, decode := range []func(string) ([]byte, error){hexadecimal.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString} {
		if key, err := decode(s); err == nil && len(key) == digestKeyLength {
			return secret.Hide(key)
		}
	}
	p.Wrong("must be %d bytes in base64 or hex, such as file:digest.key: openssl rand -base64 %d makes one", digestKeyLength, digestKeyLength)
	return secret.Value[[]byte]{}
}
