package config

import (
	"net/netip"

	"github.com/bonychat/puente/pkg/config/broker"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// Config is the whole configuration, checked and with its defaults.
type Config struct {
	// Listen is the address of the public side, host:port; default 127.0.0.1:8080. An empty host is every interface.
	Listen string
	// Internal is the address of health checks and of the control API, host:port; default 127.0.0.1:8081.
	Internal string
	// PublicURL is the scheme and host under which the outside reaches Listen, without a slash at its end. Networks sign it, and links to
	// files begin with it. Default http:// and Listen if that is a loopback address, or "" if its port is 0, which is known only after
	// listening.
	PublicURL string
	// Data is the folder of the embedded server; default data, next to the file.
	Data string
	// NATS is the broker.
	NATS broker.NATS
	// Log is what is logged, and how.
	Log Log
	// AllowAddresses are private ranges that attachments may be fetched from; default none.
	AllowAddresses []netip.Prefix
	// TrustedProxies are ranges whose X-Forwarded headers are believed; default none.
	TrustedProxies []netip.Prefix
	// Trace has the settings of tracing.
	Trace Trace
	// Stop says how a process ends.
	Stop Stop
	// History is the record of messages that operators search.
	History History
	// DigestKey is the deployment's digest key, 32 bytes. It is empty if Puente makes the key and keeps it at the broker alone, and if the
	// file was read without networks.
	DigestKey secret.Value[[]byte]
	// Retention says how long content is kept that is not needed for delivery.
	Retention Retention
	// Control is the control API; empty if the file was read without networks, except by [LoadControl].
	Control operators.API
	// Channels are the channels in the order of the file, or of the one that channels_file names; nil if the file was read without
	// networks.
	Channels []Channel

	// Files are the files that were read: first the file itself, then those that it refers to. A change of any of them may change the
	// configuration.
	Files []string

	// Warnings are settings that are allowed and seldom meant, such as plain http.
	Warnings []yamlfile.Mistake
}
