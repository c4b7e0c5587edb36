package service

import (
	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/config/broker"
)

// Access is how a NATS lets the services of a configuration in.
func Access(n broker.NATS) bus.Access {
	a := bus.Access{Credentials: n.Credentials, CA: n.CA, Certificate: n.Certificate, Inbox: n.Inbox, APIPrefix: n.APIPrefix}
	if n.NKey.Reveal() != "" {
		a.NKey = n.NKey.Reveal
	}
	if n.Certificate != "" {
		a.Key = n.Key.Reveal
	}
	return a
}
