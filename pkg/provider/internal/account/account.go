// Package account has what running a network and registering its webhooks have in common: how one account is called, and what
// its settings and its sender say of it. It is the business of pkg/provider/runtime and pkg/provider/registration.
package account

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"runtime/debug"

	"github.com/bonychat/puente/pkg/provider"
)

// Shield calls a network's code, and makes an error of a panic in it: one message, or one account, must not end the process
// that has thousands. The log gets the stack; neither log nor error gets what was panicked with, which may be a text or a
// credential.
func Shield(log *slog.Logger, network, what string, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic in a network's code", "network", network, "in", what, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in %s of %s", what, network)
		}
	}()
	return call()
}

// WebhookURL is where a network calls for one of its channels.
func WebhookURL(publicURL, network, channel string) string {
	return fmt.Sprintf("%s/webhooks/%s/%s", publicURL, network, channel)
}

// Listener is the sender's ability to be listened to, nil where its account is not.
func Listener(s provider.Sender) provider.Listener {
	if l, ok := s.(provider.Listener); ok && l.Listens() {
		return l
	}
	return nil
}

// OnlyHeard says that the sender's account is listened to and that its network makes no calls: there is no webhook to
// register.
func OnlyHeard(s provider.Sender) bool {
	if Listener(s) == nil {
		return false
	}
	c, ok := s.(provider.Called)
	return !ok || !c.Called()
}

// Addresses are the addresses with a scheme among an account's settings, see [httpclient.Options].Configured: those of APIs,
// and of sockets such as "smpps://smsc.example.com:3550". raw is the JSON object of the configuration; what is none has no
// addresses.
func Addresses(raw json.RawMessage) (addresses []string) {
	var fields map[string]any
	_ = json.Unmarshal(raw, &fields) // an account that cannot be read is refused where it is bound
	for _, v := range fields {
		if text, ok := v.(string); ok && scheme.MatchString(text) {
			addresses = append(addresses, text)
		}
	}
	return addresses
}

// scheme begins a URL that has a host.
var scheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://`)
