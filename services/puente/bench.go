package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/puente/bench"
)

// runBench measures what the bridge costs, against a bare relay of as many hops.
func runBench(args []string, stdout, stderr io.Writer) error {
	f := flags("bench", stderr)
	o := bench.Options{}
	f.IntVar(&o.Rounds, "rounds", 3, "rounds of each measure")
	f.IntVar(&o.Messages, "messages", 3000, "messages of one round")
	f.IntVar(&o.Contacts, "contacts", 1000, "contacts of all channels together")
	f.IntVar(&o.Channels, "channels", 10, "channels")
	f.IntVar(&o.Rate, "rate", 100, "messages a second where time is measured")
	f.IntVar(&o.Replicas, "replicas", 1, "servers that hold each stream: 1 (all-in-one) or 3 (each service a process, three NATS servers)")
	sync := f.String("sync", "interval,always", "settings of the broker to measure with; how it grows is measured with the first")
	f.IntVar(&o.ManyChannels, "many-channels", 1000, "channels that the cost is compared at")
	f.IntVar(&o.ManyContacts, "many-contacts", 50_000, "contacts that the cost is compared at")
	f.IntVar(&o.Backlog, "backlog", 50_000, "messages that wait in one channel while others go on")
	f.IntVar(&o.Stored, "stored", 20_000, "messages after which the broker's growth is measured")
	only := f.String("only", "", "measures to take, with commas between them: "+strings.Join(bench.Measures, ", ")+"; empty: all")
	scale := f.Bool("scale", false, "the sizes that the goals name: 10,000 channels, 1,000,000 contacts, a backlog of 1,000,000; it takes hours")
	f.DurationVar(&o.Settle, "settle", 130*time.Second, "how long nothing is done before memory is measured: the runtime collects garbage two minutes after the last time")
	f.DurationVar(&o.Within, "within", 0, "bound of the whole run; default 30m, with -scale 6h")
	f.StringVar(&o.Profiles, "cpuprofile", "", "folder where every process leaves a profile of its CPU")
	f.BoolVar(&o.Keep, "keep", false, "leave the processes' logs and data")
	machine := f.Bool("json", false, "print JSON")
	if err := parse(f, args); err != nil {
		return err
	}
	o.Sync = strings.Split(*sync, ",")
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	if *scale {
		o = o.Scaled()
	}
	if o.Within == 0 {
		o.Within = map[bool]time.Duration{false: 30 * time.Minute, true: 6 * time.Hour}[*scale]
	}
	ctx, stop := service.Signals()
	defer stop()
	report, err := bench.Run(ctx, o, stderr)
	if err != nil {
		return err
	}
	if *machine {
		err = report.PrintJSON(stdout)
	} else {
		report.Print(stdout)
	}
	if err == nil && len(report.Failed) > 0 {
		err = fmt.Errorf("not measured: %w", errors.New(strings.Join(report.Failed, "; ")))
	}
	return err
}
