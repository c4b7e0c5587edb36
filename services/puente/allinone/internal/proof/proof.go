package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/bench"
	"github.com/bonychat/puente/services/puente/bench/report"
	"github.com/bonychat/puente/services/puente/ledger"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
	"github.com/bonychat/puente/services/puente/networks"
)

// Ledger proves that nothing is lost, doubled or reordered.
func Ledger(set networks.Set) *cobra.Command {
	o := ledger.Options{}
	c := &cobra.Command{
		Use:   "ledger",
		Short: "Prove that nothing is lost, doubled or reordered, with kill -9 and failing networks",
		Long: `Runs the bridge as real processes between a network and a platform that write down what they see, sends both ways, and
does to it what the world does: failing and slow answers, repeated calls, outages, kill -9, SIGSTOP, restarts. Then
it counts. It ends with status 1 where something is lost, out of order, or doubled without a cause.

The same seed gives the same faults. It needs no network and no other program; it takes minutes.`,
		Example: cli.Examples("puente ledger                                       # one process, killed five times",
			"puente ledger --layout services --kill 3 --pause 1  # each service twice, one NATS server",
			"puente ledger --layout cluster --kill 3 --pause 1   # each service twice, three NATS servers",
			"puente ledger --network whatsapp                    # the network speaks Meta's API"),
		Args: cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Nodes < 0 {
				o.Nodes = map[ledger.Layout]int{ledger.Services: 1, ledger.Cluster: 2}[o.Layout]
			}
			o.Idempotency = o.Idempotency || o.Network == vendors.LINE || o.Network == vendors.Webhook
			for o.Seed == 0 {
				o.Seed = uint64(rand.Uint32())
			}
			if err := o.Validate(); err != nil {
				return cli.OfFlags(err)
			}
			if set.Named(o.Network) == nil {
				return fmt.Errorf("--network: this program does not have %s", o.Network)
			}
			return cli.UntilSignal(func(ctx context.Context) error {
				v, err := ledger.Run(ctx, o, c.OutOrStdout())
				if err == nil && !v.Held() {
					err = fmt.Errorf("%d of what must hold does not", len(v.Complaints()))
				}
				return err
			})
		},
	}
	f := c.Flags()
	f.IntVar(&o.Messages, "messages", 2000, "messages to send, both ways together")
	f.IntVar(&o.Contacts, "contacts", 40, "contacts of all channels together")
	f.IntVar(&o.Channels, "channels", 4, "channels; the platform of the last one goes away for a while")
	f.IntVar(&o.Kills, "kill", 5, "processes to kill with SIGKILL")
	f.IntVar(&o.Pauses, "pause", 0, "processes to freeze with SIGSTOP for longer than a lease")
	f.IntVar(&o.Rolls, "roll", 1, "times to restart every process gracefully, one after the other")
	f.IntVar(&o.Nodes, "node-kill", -1, "NATS servers to kill, every second one while it drains; -1: 0, 1 or 2 by layout")
	f.IntVar(&o.Rate, "rate", 50, "messages a second")
	f.StringVar((*string)(&o.Layout), "layout", string(ledger.AllInOne), "`layout` of the processes: all-in-one; services (each twice, one NATS server); cluster (each twice, three NATS servers)")
	f.Uint64Var(&o.Seed, "seed", 0, "decides which faults strike what; 0: one of its own")
	f.StringVar(&o.Network, "network", vendors.Phone, "`network` that the messages go through: phone, whatsapp, line or webhook")
	f.BoolVar(&o.Idempotency, "idempotency", false, "the phone network honours its idempotency key; line and webhook always do")
	f.BoolVar(&o.Keep, "keep", false, "leave the processes' logs and data")
	cli.Completes(c, "layout", cobra.FixedCompletions([]cobra.Completion{
		cobra.CompletionWithDesc(string(ledger.AllInOne), "one process with a broker of its own"),
		cobra.CompletionWithDesc(string(ledger.Services), "each service twice, one NATS server"),
		cobra.CompletionWithDesc(string(ledger.Cluster), "each service twice, three NATS servers"),
	}, cobra.ShellCompDirectiveNoFileComp))
	cli.Completes(c, "network", cli.Fixed(vendors.Phone, vendors.WhatsApp, vendors.LINE, vendors.Webhook))
	return c
}

// Bench measures what the bridge costs.
func Bench() *cobra.Command {
	o := bench.Options{}
	var scale, machine bool
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure what the bridge costs, against a bare relay of as many hops",
		Long: `Measures what the bridge costs against a bare relay of as many hops: the same streams, HTTP calls and messages
without what the bridge does, in one run and by turns. All measures take about a quarter of an hour.

The measures: ` + strings.Join(bench.Measures, ", ") + `.`,
		Example: cli.Examples("puente bench                                                  # all measures",
			"puente bench --only cost --sync interval                      # one of them",
			"puente bench --replicas 3 --sync interval --only cost,egress  # three NATS servers",
			"puente bench --scale                                          # 100,000 channels, 1,000,000 contacts: hours"),
		Args: cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if scale {
				o = o.Scaled()
			}
			if o.Within == 0 {
				o.Within = map[bool]time.Duration{false: 30 * time.Minute, true: 6 * time.Hour}[scale]
			}
			if err := o.Validate(); err != nil {
				return cli.OfFlags(err)
			}
			var found report.Report
			err := cli.UntilSignal(func(ctx context.Context) (err error) {
				found, err = bench.Run(ctx, o, c.ErrOrStderr())
				return err
			})
			if err != nil {
				return err
			}
			if machine {
				err = found.PrintJSON(c.OutOrStdout())
			} else {
				found.Print(c.OutOrStdout())
			}
			if err == nil && len(found.Failed) > 0 {
				err = fmt.Errorf("not measured: %w", errors.New(strings.Join(found.Failed, "; ")))
			}
			return err
		},
	}
	f := c.Flags()
	f.IntVar(&o.Rounds, "rounds", 3, "rounds of each measure")
	f.IntVar(&o.Messages, "messages", 3000, "messages of one round")
	f.IntVar(&o.Contacts, "contacts", 1000, "contacts of all channels together")
	f.IntVar(&o.Channels, "channels", 10, "channels")
	f.IntVar(&o.Rate, "rate", 100, "messages a second where time is measured")
	f.IntVar(&o.Replicas, "replicas", 1, "servers that hold each stream: 1 (all-in-one) or 3 (each service a process, three NATS servers)")
	f.StringSliceVar(&o.Sync, "sync", []string{"interval", "always"}, "`settings` of the broker to measure with; how it grows is measured with the first")
	f.IntVar(&o.ManyChannels, "many-channels", 1000, "channels that the cost is compared at")
	f.IntVar(&o.ManyContacts, "many-contacts", 50_000, "contacts that the cost is compared at")
	f.IntVar(&o.IdleChannels, "idle-channels", 1000, "channels of which a tenth has a first message within a minute")
	f.IntVar(&o.Backlog, "backlog", 50_000, "messages that wait in one channel while others go on")
	f.IntVar(&o.Stored, "stored", 20_000, "messages after which the broker's growth is measured")
	f.StringSliceVar(&o.Only, "only", nil, "`measures` to take, with commas between them; default all")
	f.BoolVar(&scale, "scale", false, "the sizes that the goals name: 10,000 channels, 100,000 idle ones, 1,000,000 contacts, a backlog of 1,000,000; it takes hours")
	f.DurationVar(&o.Settle, "settle", 130*time.Second, "how long nothing is done before memory is measured: the runtime collects garbage two minutes after the last time")
	f.DurationVar(&o.Within, "within", 0, "bound of the whole run; default 30m, with --scale 6h")
	cli.Folder(c, &o.Profiles, "cpuprofile", "`folder` where every process leaves a profile of its CPU")
	f.BoolVar(&o.Keep, "keep", false, "leave the processes' logs and data")
	f.BoolVar(&machine, "json", false, "print JSON")
	cli.Completes(c, "sync", cli.Fixed("interval", "always"))
	cli.Completes(c, "only", cli.Fixed(bench.Measures...))
	return c
}
