package bench

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options of [Run].
type Options struct {
	Rounds   int // of each measure
	Messages int // of one round
	Contacts int // of all channels together
	Channels int
	Rate     int // messages a second where time is measured
	// Sync are the settings of the broker to measure with: always, interval.
	Sync []string
	// Replicas is how many servers hold each stream: 1 is the all-in-one with its own broker; 3 is three NATS servers
	// and each service as a process of its own.
	Replicas int
	// Only names the measures to take; empty takes all.
	Only []string

	// ManyChannels and ManyContacts are what the cost of a message is compared at; IdleChannels are channels of which a
	// tenth has a message within a minute; Backlog is how many messages one channel has waiting while others go on;
	// Stored is after how many messages the broker's growth is measured.
	ManyChannels, ManyContacts, IdleChannels, Backlog, Stored int

	// Settle is how long a side does nothing before its memory is measured.
	Settle time.Duration
	// Within bounds the whole run.
	Within time.Duration
	// Program is the puente to run; default is this one.
	Program string
	// Profiles is a folder where every process leaves a profile of its CPU; "" for none.
	Profiles string
	// Keep leaves the processes' logs and data.
	Keep bool
}

// Measures are the names of what can be measured, in the order of the table.
var Measures = []string{"cost", "egress", "channels", "idle", "contacts", "backlog", "storage"}

// Scaled are the sizes that the goals name.
func (o Options) Scaled() Options {
	o.ManyChannels, o.ManyContacts, o.IdleChannels, o.Backlog, o.Stored = 10_000, 1_000_000, 100_000, 1_000_000, 100_000
	return o
}

// Validate joins all mistakes.
func (o Options) Validate() error {
	var errs []error
	bounds := func(name string, n, least, most int) {
		if n < least || n > most {
			errs = append(errs, fmt.Errorf("%s: must be %d to %d", name, least, most))
		}
	}
	bounds("rounds", o.Rounds, 1, 100)
	bounds("messages", o.Messages, 100, 1_000_000)
	bounds("channels", o.Channels, 1, 1000)
	bounds("contacts", o.Contacts, o.Channels, 1_000_000)
	bounds("rate", o.Rate, 1, 10_000)
	bounds("many-channels", o.ManyChannels, o.Channels+1, 20_000)
	bounds("many-contacts", o.ManyContacts, o.Contacts+1, 2_000_000)
	bounds("idle-channels", o.IdleChannels, 10, 200_000)
	bounds("backlog", o.Backlog, 100, 2_000_000)
	bounds("stored", o.Stored, 100, 10_000_000)
	if o.Replicas != 1 && o.Replicas != 3 {
		errs = append(errs, errors.New("replicas: must be 1 or 3"))
	}
	if len(o.Sync) == 0 {
		errs = append(errs, errors.New("sync: at least one of always, interval"))
	}
	for _, s := range o.Sync {
		if s != syncAlways && s != syncInterval {
			errs = append(errs, fmt.Errorf("sync: %q is neither always nor interval", s))
		}
	}
	for _, m := range o.Only {
		if !slices.Contains(Measures, m) {
			errs = append(errs, fmt.Errorf("only: %q is none of %s", m, strings.Join(Measures, ", ")))
		}
	}
	if o.Settle < time.Second {
		errs = append(errs, errors.New("settle: must be a second at least"))
	}
	if o.Within <= 0 {
		errs = append(errs, errors.New("within: must be a time over 0"))
	}
	return errors.Join(errs...)
}

func (o Options) wants(measure string) bool {
	return len(o.Only) == 0 || slices.Contains(o.Only, measure)
}

// What the broker's sync can be.
const (
	syncAlways   = "always"
	syncInterval = "interval"
)

// setup is how a side's broker is laid out.
type setup struct {
	sync     string
	replicas int
	// apart has a single server in a process of its own, so that it can be measured and filled by itself.
	apart bool
}

func (s setup) String() string {
	if s.replicas == 1 {
		return "sync " + s.sync + ", 1 server"
	}
	return fmt.Sprintf("sync %s, %d servers", s.sync, s.replicas)
}
