package sendertest

import "github.com/bonychat/puente/pkg/provider"

// Abilities are those that a sender has, for the network of a test whose sender is made elsewhere. A real network names
// them one by one.
func Abilities(s provider.Sender) (a provider.Abilities) {
	a.Fetcher, _ = s.(provider.Fetcher)
	a.Checker, _ = s.(provider.Checker)
	a.Setter, _ = s.(provider.Setter)
	a.Instructor, _ = s.(provider.Instructor)
	a.Inspector, _ = s.(provider.Inspector)
	a.Listener, _ = s.(provider.Listener)
	a.Called, _ = s.(provider.Called)
	return a
}
