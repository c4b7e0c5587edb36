// Package networks is the set of messaging networks that one program has: the built-in ones, a company's own, or both.
package networks

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/registration"
)

// Set is the networks of a program, in the order in which they are listed. Each name is there once. Nobody changes a set
// after New, so any number of goroutines may use it.
type Set []provider.Driver

// New is the set of these networks. The error joins all that is wrong: a network that declares what cannot be, two of
// one name, and a platform, which is no network.
func New(drivers ...provider.Driver) (Set, error) {
	var errs []error
	seen := map[string]bool{}
	for _, d := range drivers {
		about := d.Describe()
		if err := about.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("network %q: %w", about.Name, err))
		}
		if about.Platform {
			errs = append(errs, fmt.Errorf("%s is a platform, not a network", about.Name))
		}
		if seen[about.Name] {
			errs = append(errs, fmt.Errorf("two networks have the name %q", about.Name))
		}
		seen[about.Name] = true
	}
	return Set(drivers), errors.Join(errs...)
}

// Named is the network of that name, nil where there is none.
func (s Set) Named(name string) provider.Driver {
	for _, d := range s {
		if d.Describe().Name == name {
			return d
		}
	}
	return nil
}

// Names are the networks' names.
func (s Set) Names() []string {
	var names []string
	for _, d := range s {
		names = append(names, d.Describe().Name)
	}
	return names
}

// Descriptions are what the networks declare.
func (s Set) Descriptions() []provider.Description {
	var all []provider.Description
	for _, d := range s {
		all = append(all, d.Describe())
	}
	return all
}

// Known is what [config.Load] has to know of the networks.
func (s Set) Known() []config.Network { return networks.Of(s...) }

// Listens says whether a channel's network makes no calls, but is listened to.
func (s Set) Listens(c config.Channel) bool {
	d := s.Named(c.Network)
	return d != nil && registration.Listens(d, c.Account.Reveal())
}
