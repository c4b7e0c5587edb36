package bench

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/bonychat/puente/services/puente/bench/internal/traffic"
	"github.com/bonychat/puente/services/puente/bench/internal/usage"
	"github.com/bonychat/puente/services/puente/child"
)

// side is one of the two that are compared: all processes that carry a message, brokers included.
type side struct {
	name     string
	base     string           // URL of its public side
	folder   string           // of its logs and stores
	nodes    []*child.Process // brokers of their own
	services []*child.Process
	nats     string // where the brokers are, "" for an embedded one
	program  string
	channels int
	guard    net.Listener // holds its ports
}

// start starts all of it, brokers first; prepare is between the two.
func (s *side) start(ctx context.Context, prepare func(context.Context) error) error {
	for _, group := range [][]*child.Process{s.nodes, s.services} {
		for _, p := range group {
			if err := p.Start(s.program); err != nil {
				return err
			}
		}
		for _, p := range group {
			if err := p.Await(ctx); err != nil {
				return err
			}
		}
		if prepare != nil {
			if err := prepare(ctx); err != nil {
				return err
			}
			prepare = nil
		}
	}
	return nil
}

// stop ends all of it, brokers last. What does not end in time is killed, which is no matter here.
func (s *side) stop() {
	for _, group := range [][]*child.Process{s.services, s.nodes} {
		var wg sync.WaitGroup
		for _, p := range group {
			wg.Go(func() {
				if p.End() != nil {
					p.Kill()
				}
			})
		}
		wg.Wait()
	}
	_ = s.guard.Close()
}

// use is what the system accounts to all of its processes, and to its brokers of their own.
func (s *side) use() (all, brokers usage.Used, err error) {
	add := func(to *usage.Used, u usage.Used) { to.CPU += u.CPU; to.Memory += u.Memory }
	for i, p := range append(append([]*child.Process{}, s.nodes...), s.services...) {
		_, pid, done := p.Run()
		if done == nil {
			return all, brokers, errors.New(p.Name + " was never started")
		}
		select {
		case <-done:
			return all, brokers, errors.New(p.Name + " has ended")
		default:
		}
		u, err := usage.Of(pid)
		if err != nil {
			return all, brokers, err
		}
		add(&all, u)
		if i < len(s.nodes) {
			add(&brokers, u)
		}
	}
	return all, brokers, nil
}

// spent is the CPU time that its processes use while something is done.
func (s *side) spent(do func() error) (time.Duration, error) {
	before, _, err := s.use()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, _, err := s.use()
	return after.CPU - before.CPU, err
}

// load is what a side is given to carry, and whose CPU it takes.
type load struct {
	traffic.Load
	side *side
}

// load is one of so many contacts, spread over so many channels.
func (s *side) load(channels, contacts int) load {
	return load{side: s, Load: traffic.Load{Name: s.name, Base: s.base, Channels: channels, Contacts: contacts}}
}
