package ledger

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
)

// step is one thing to do to a process.
type step struct {
	At   time.Duration // since the start of traffic, or when the one before is over
	Kind history.Kind
	// Target counts through services or nodes.
	Target int
	// Hold is how long it stays away or frozen.
	Hold time.Duration
	// Drain is how long it has been draining when it is killed; 0 where it is not.
	Drain time.Duration
	// Point is where a process of Service ends itself; both are "" where one is ended from outside.
	Point   failpoint.Point
	Service string
}

// room is how long a step may take, with what it needs to recover from it.
func (s step) room(o Options) time.Duration {
	switch {
	case s.Point != "":
		return 5 * time.Second
	case s.Kind == history.NodeKill:
		return s.Hold + 14*time.Second
	case s.Kind == history.Roll && o.Layout != AllInOne:
		return 4 * time.Second
	default:
		return s.Hold + 5*time.Second
	}
}

// plan is the schedule: the same for the same options.
func (o Options) plan() []step {
	dice := farends.Dice(o.Seed).Random("plan")
	services, nodes := 1, 0
	if o.Layout != AllInOne {
		services, nodes = 8, map[Layout]int{Services: 1, Cluster: 3}[o.Layout]
	}
	millis := func(least, most int) time.Duration {
		return time.Duration(least+dice.IntN(most-least)) * time.Millisecond
	}
	var steps []step
	order := dice.Perm(services) // each service gets its turn
	for i := range o.Kills {
		s := step{Kind: history.Kill, Target: order[i%services], Hold: millis(0, 500)}
		if o.Layout != AllInOne && i%2 == 1 { // the others take over before it is back
			s.Hold = history.LeaseTTL + millis(1000, 3000)
		}
		steps = append(steps, s)
	}
	for i := range o.Pauses {
		steps = append(steps, step{Kind: history.Pause, Target: order[(o.Kills+i)%services], Hold: history.LeaseTTL + millis(1500, 4000)})
	}
	first := dice.IntN(3)
	for i := range o.Nodes {
		s := step{Kind: history.NodeKill, Target: (first + i) % max(nodes, 1), Hold: millis(0, 3000)}
		if i%2 == 1 {
			s.Drain = millis(100, 1500)
		}
		steps = append(steps, s)
	}
	dice.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for range o.Rolls {
		for i := range services {
			steps = append(steps, step{Kind: history.Roll, Target: i})
		}
	}
	for _, p := range o.Failpoints {
		for _, service := range o.reach(p) {
			steps = append(steps, step{Kind: history.Kill, Point: p, Service: service})
		}
	}
	at := 3 * time.Second
	for i := range steps {
		steps[i].At = at + millis(0, 1000)
		at += steps[i].room(o)
	}
	if long := o.traffic(); long > at { // spread over all of it
		for i := range steps {
			steps[i].At = time.Duration(float64(steps[i].At) * float64(long) / float64(at))
		}
	}
	return steps
}

// traffic is how long the messages take at that pace.
func (o Options) traffic() time.Duration {
	return max(10*time.Second, time.Duration(o.Messages)*time.Second/time.Duration(o.rate()))
}

// length is how long there must be traffic for all steps.
func (o Options) length(steps []step) time.Duration {
	end := o.traffic()
	if n := len(steps); n > 0 {
		end = max(end, steps[n-1].At+steps[n-1].room(o))
	}
	return end
}

// disrupt does what is planned.
func (l *ledger) disrupt(ctx context.Context, steps []step) error {
	began := time.Now()
	for _, s := range steps {
		if pause.For(ctx, time.Until(began.Add(s.At))) != nil {
			return nil
		}
		l.behind.Store(int64(max(0, time.Since(began.Add(s.At)))))
		if err := l.do(ctx, s); err != nil && ctx.Err() == nil {
			return fmt.Errorf("%s: %w", s.Kind, err)
		}
	}
	return nil
}

func (l *ledger) do(ctx context.Context, s step) error {
	if s.Point != "" {
		return l.dieAt(ctx, s.Service, s.Point)
	}
	p := l.fleet.services[s.Target%len(l.fleet.services)]
	if s.Kind == history.NodeKill {
		p = l.fleet.nodes[s.Target%len(l.fleet.nodes)]
	}
	name, _, _ := p.Run()
	d := history.Disruption{Kind: s.Kind, Process: name, Draining: s.Drain > 0, Open: l.underWay(ctx)}
	l.say("%s %s", s.Kind, name)
	if s.Drain > 0 {
		p.Signal(syscall.SIGTERM)
		_ = pause.For(ctx, s.Drain)
	}
	if s.Kind != history.Roll { // from the moment that it is written down, a frozen process sends nothing
		p.Freeze()
	}
	over := l.recorder.Disrupt(d)
	defer over()
	switch s.Kind {
	case history.Pause:
		_ = pause.For(ctx, s.Hold)
		p.Signal(syscall.SIGCONT)
		return p.Await(ctx)
	case history.Roll:
		if err := p.End(); err != nil {
			l.problem(err.Error())
		}
	default:
		p.Kill()
		_ = pause.For(ctx, s.Hold)
	}
	if err := p.Start(l.fleet.program); err != nil {
		return err
	}
	return p.Await(ctx)
}

// underWay waits until a message is on its way, so that there is something to survive; five seconds at most.
func (l *ledger) underWay(ctx context.Context) (messages int) {
	for range 1000 {
		if messages, _ = l.recorder.Unfinished(); messages > 0 || pause.For(ctx, 5*time.Millisecond) != nil {
			break
		}
	}
	return messages
}

// takeAway has a channel's platform down for a while, from some time in the first half on.
func (l *ledger) takeAway(ctx context.Context, length time.Duration) {
	channel := l.options.outage()
	if channel == "" || pause.For(ctx, time.Duration(float64(length)*(0.1+0.3*l.dice.Random("outage").Float64()))) != nil {
		return
	}
	l.far.TakeAway(ctx, channel)
}
