package main

import (
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/puente/ledger"
)

// runLedger proves, with far ends that write down what they see, that nothing is lost, doubled or reordered.
func runLedger(args []string, stdout, stderr io.Writer) error {
	f := flags("ledger", stderr)
	o := ledger.Options{}
	f.IntVar(&o.Messages, "messages", 2000, "messages to send, both ways together")
	f.IntVar(&o.Contacts, "contacts", 40, "contacts of all channels together")
	f.IntVar(&o.Channels, "channels", 4, "channels; the platform of the last one goes away for a while")
	f.IntVar(&o.Kills, "kill", 5, "processes to kill with SIGKILL")
	f.IntVar(&o.Pauses, "pause", 0, "processes to freeze with SIGSTOP for longer than a lease")
	f.IntVar(&o.Rolls, "roll", 1, "times to restart every process gracefully, one after the other")
	f.IntVar(&o.Nodes, "node-kill", -1, "NATS servers to kill, every second one while it drains; -1: 0, 1 or 2 by layout")
	f.IntVar(&o.Rate, "rate", 50, "messages a second")
	f.StringVar((*string)(&o.Layout), "layout", string(ledger.AllInOne), "all-in-one; services (each twice, one NATS server); cluster (each twice, three NATS servers)")
	f.Uint64Var(&o.Seed, "seed", 0, "decides which faults strike what; 0: one of its own")
	f.StringVar(&o.Network, "network", ledger.Phone, "what the far ends are: phone, whatsapp or line")
	f.BoolVar(&o.Idempotency, "idempotency", false, "the phone network honours its idempotency key; line always does")
	f.BoolVar(&o.Keep, "keep", false, "leave the processes' logs and data")
	if err := parse(f, args); err != nil {
		return err
	}
	if o.Nodes < 0 {
		o.Nodes = map[ledger.Layout]int{ledger.Services: 1, ledger.Cluster: 2}[o.Layout]
	}
	o.Idempotency = o.Idempotency || o.Network == ledger.LINE
	for o.Seed == 0 {
		o.Seed = uint64(rand.Uint32())
	}
	ctx, stop := service.Signals()
	defer stop()
	v, err := ledger.Run(ctx, o, stdout)
	if err != nil {
		return err
	}
	if !v.Held() {
		return fmt.Errorf("%d of what must hold does not", len(v.Complaints()))
	}
	return nil
}
