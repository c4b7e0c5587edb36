package config

import (
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

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

func (r *reader) nats(p yamlfile.Place, c *Config) {
	c.NATS.Replicas = 1
	f, ok := p.Fields("url", "credentials", "nkey", "ca", "cert", "key", "inbox", "api_prefix", "replicas", "store", "sync")
	if !ok {
		return
	}
	url, known := servers(f["url"])
	c.NATS.URL = url
	c.NATS.Credentials = f["credentials"].Path("")
	if errors.Is(yamlfile.Regular(c.NATS.Credentials), yamlfile.ErrNotRegular) { // one that is missing here may be there later
		f["credentials"].Wrong("%v: a NATS credentials file is meant", yamlfile.ErrNotRegular)
	}
	if known && url == "" && c.NATS.Credentials != "" {
		f["credentials"].Wrong("goes with nats.url: the embedded server needs none")
	}
	r.access(f, c, known && url == "")
	if s, ok := f["replicas"].Scalar("!!int", "1, 3 or 5"); ok && s != "" {
		switch n, err := strconv.Atoi(s); {
		case err != nil || n != 1 && n != 3 && n != 5:
			f["replicas"].Wrong("must be 1, 3 or 5")
		case known && url == "" && n != 1:
			f["replicas"].Wrong("must be 1 without nats.url: the embedded server is alone")
		default:
			c.NATS.Replicas = n
		}
	}
	c.NATS.Store = sizeOf(f["store"])
	c.NATS.SyncInterval = syncOf(f["sync"])
}

// units of a size, as the broker counts them.
var units = []struct {
	name  string
	bytes int64
}{{"MB", 1 << 20}, {"GB", 1 << 30}, {"TB", 1 << 40}}

// Bounds of the store.
const (
	leastStore = 64 << 20
	mostStore  = 1 << 50
)

// sizeOf is how much the streams may take, 0 being what they are declared with.
func sizeOf(p yamlfile.Place) int64 {
	const allowed = "a size from 64MB to 1024TB, such as 20GB"
	s, _ := p.Scalar("!!str", allowed)
	if s == "" {
		return 0
	}
	for _, u := range units {
		if number, ok := strings.CutSuffix(s, u.name); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 32)
			if bytes := int64(n) * u.bytes; err == nil && int64(n) <= mostStore/u.bytes && bytes >= leastStore {
				return bytes
			}
		}
	}
	p.Wrong("must be %s", allowed)
	return 0
}

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
