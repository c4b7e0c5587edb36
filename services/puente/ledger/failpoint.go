package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/puente/child"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

// passes is how often a process passes a point before it ends itself there: not with the first message, which finds
// everything new.
const passes = 3

// reachTime bounds how long a process takes to come to a point, with the outage that is somewhere in a run.
const reachTime = time.Minute

// dieAt starts the first process of a service anew so that it ends itself at a point, waits until it has, and starts it once more.
func (l *ledger) dieAt(ctx context.Context, service string, at failpoint.Point) error {
	p := l.fleet.first(service)
	name, _, _ := p.Run()
	over := l.recorder.Disrupt(history.Disruption{Kind: history.Roll, Process: name})
	if err := p.End(); err != nil {
		l.problem(err.Error())
	}
	own := p.Env
	p.Env = func(run string) []string {
		return append(own(run), fmt.Sprintf("%s=%s:%d", failpoint.Variable, at, passes))
	}
	err := p.Start(l.fleet.program)
	p.Env = own
	over()
	if err != nil {
		return err
	}
	name, _, ended := p.Run()
	select {
	case <-ended:
	case <-ctx.Done():
		return nil
	case <-time.After(reachTime):
		return fmt.Errorf("%s did not come to %s within %s", name, at, reachTime)
	}
	if !p.Said(at.Last()) {
		return fmt.Errorf("%s ended by itself, and not at %s", name, at)
	}
	open, _ := l.recorder.Unfinished()
	over = l.recorder.Disrupt(history.Disruption{Kind: history.Kill, Process: name, Open: open})
	defer over()
	l.say("%s ended itself: %s", name, at)
	if err := p.Start(l.fleet.program); err != nil {
		return err
	}
	return p.Await(ctx)
}

// reach are the services that come to a point. In the layout all-in-one that is the only process.
func (o Options) reach(at failpoint.Point) []string {
	if o.Layout == AllInOne {
		return []string{"up"}
	}
	network, platform := "egress-"+o.network(), "egress-"+topology.Platform
	switch at {
	case failpoint.MessageStored, failpoint.CallStored:
		return []string{"ingress"}
	case failpoint.EventStored:
		return []string{network}
	case failpoint.ToSend, failpoint.Sent, failpoint.OutcomeStored:
		return []string{network, platform}
	case failpoint.Removed, failpoint.PositionStored, failpoint.Owned:
		return []string{"translator", network, platform}
	default:
		return []string{"translator"}
	}
}

// first is the first process of a service.
func (f *fleet) first(service string) *child.Process {
	for _, p := range f.services {
		if p.Name == service+"-1" {
			return p
		}
	}
	panic("there is no process of " + service)
}
