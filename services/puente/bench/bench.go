package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/bonychat/puente/services/puente/bench/internal/traffic"
	"github.com/bonychat/puente/services/puente/bench/internal/usage"
	"github.com/bonychat/puente/services/puente/bench/report"
)

// bench is one run.
type bench struct {
	Options
	folder string
	far    *traffic.FarEnd
	log    io.Writer
	began  time.Time
	report report.Report
	sides  int // made so far
}

// Run measures and returns what was found. A measure that could not be taken is in [report.Report.Failed]; the error is of what
// kept the bench itself from running.
func Run(ctx context.Context, o Options, log io.Writer) (report.Report, error) {
	if err := o.Validate(); err != nil {
		return report.Report{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Within)
	defer cancel()
	if o.Program == "" {
		var err error
		if o.Program, err = os.Executable(); err != nil {
			return report.Report{}, err
		}
	}
	if _, err := usage.Of(os.Getpid()); err != nil {
		return report.Report{}, err
	}
	folder, err := os.MkdirTemp("", "puente-bench-")
	if err != nil {
		return report.Report{}, err
	}
	if o.Keep {
		fmt.Fprintln(log, "logs and data in", folder)
	} else {
		defer os.RemoveAll(folder)
	}
	far, err := traffic.Listen()
	if err != nil {
		return report.Report{}, err
	}
	defer far.Close()
	b := &bench{Options: o, folder: folder, far: far, log: log, began: time.Now()}
	b.report.CPUs, b.report.System, b.report.Go = runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version()
	b.measure(ctx)
	b.report.Took = time.Since(b.began).Round(time.Second)
	if errors.Is(ctx.Err(), context.Canceled) {
		return b.report, errors.New("stopped before the end")
	}
	return b.report, nil
}

// measure takes all that is wanted.
func (b *bench) measure(ctx context.Context) {
	if b.wants("cost") {
		for _, sync := range b.Sync {
			s := setup{sync: sync, replicas: b.Replicas}
			b.try(ctx, "cost, "+s.String(), func(ctx context.Context) error { return b.cost(ctx, s) })
		}
	}
	// how things grow is compared with themselves: one sync setting is enough, the first that is asked for
	s := setup{sync: b.Sync[0], replicas: b.Replicas}
	for _, m := range []struct {
		name string
		take func(context.Context, setup) error
	}{{"egress", b.egress}, {"channels", b.channels}, {"idle", b.idle}, {"contacts", b.contacts}, {"backlog", b.backlog}, {"storage", b.storage}} {
		if b.wants(m.name) {
			b.try(ctx, m.name, func(ctx context.Context) error { return m.take(ctx, s) })
		}
	}
}

func (b *bench) try(ctx context.Context, name string, take func(context.Context) error) {
	if ctx.Err() != nil {
		b.report.Failed = append(b.report.Failed, name+": no time was left")
		return
	}
	b.say("%s", name)
	if err := take(ctx); err != nil {
		b.say("%s: %v", name, err)
		b.report.Failed = append(b.report.Failed, fmt.Sprintf("%s: %v", name, err))
	}
}

// rounds calls two measures in turn, the first one first in every second round.
func (b *bench) rounds(one, other func(round int) error) error {
	for round := range b.Rounds {
		pair := []func(int) error{one, other}
		if round%2 == 1 {
			pair[0], pair[1] = pair[1], pair[0]
		}
		for _, f := range pair {
			if err := f(round); err != nil {
				return fmt.Errorf("round %d: %w", round+1, err)
			}
		}
	}
	return nil
}

// compared adds a row of ratios, round by round.
func (b *bench) compared(measure string, s setup, goal float64, of string, n int, bridge, floor []float64) {
	b.add(report.Compared(measure, s.String(), goal, of, n, bridge, floor))
}

func (b *bench) add(r report.Row) {
	b.report.Rows = append(b.report.Rows, r)
	b.say("  %s: %s", r.Measure, r.Measured())
}

// say tells how far it is, with the seconds since the start.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.log, "%6.1fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}
