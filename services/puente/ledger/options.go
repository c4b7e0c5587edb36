package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// Layout is how the processes are laid out.
type Layout string

// The layouts.
const (
	AllInOne Layout = "all-in-one" // one process with its own broker
	Services Layout = "services"   // each service twice, one NATS server
	Cluster  Layout = "cluster"    // each service twice, three NATS servers, three replicas

	elsewhere Layout = "elsewhere" // what somebody else runs: see [Watch]
)

// Options of [Run].
type Options struct {
	Messages int // both ways together, at least 2
	Contacts int // of all channels together
	Channels int
	Kills    int // processes that get SIGKILL
	Pauses   int // processes that get SIGSTOP for longer than a lease
	Rolls    int // graceful restarts of every process, one after the other
	Nodes    int // NATS servers that get SIGKILL, every second one while it drains; not with AllInOne
	Layout   Layout
	// Failpoints are where a process ends itself, one after the other; at each, one of every service that comes there. The program has
	// to be built for it: see package failpoint.
	Failpoints []failpoint.Point
	// Rate is how many messages a second are sent, default 50: the machine is shared with all processes, and what has to
	// queue is no stall.
	Rate int
	// Seed decides what strikes which message and who is killed in which order.
	Seed uint64
	// Network is what the far ends are: [vendors.Phone], the default, [vendors.WhatsApp], [vendors.LINE] or
	// [vendors.Webhook].
	Network string
	// Idempotency says that the phone network honours its key. LINE always does, WhatsApp never.
	Idempotency bool
	// Program is the puente to run; default is this one.
	Program string
	// Store is the configuration's nats.store, "" for the default.
	Store string
	// Keep leaves the folder with the processes' logs and data.
	Keep bool
}

// Validate joins all mistakes.
func (o Options) Validate() error {
	var errs []error
	bounds := func(name string, n, least, most int) {
		if n < least || n > most {
			errs = append(errs, fmt.Errorf("%s: must be %d to %d", name, least, most))
		}
	}
	bounds("messages", o.Messages, 2, 1_000_000)
	bounds("channels", o.Channels, 1, 100)
	bounds("contacts", o.Contacts, o.Channels, 5000)
	bounds("kill", o.Kills, 0, 1000)
	bounds("pause", o.Pauses, 0, 1000)
	bounds("roll", o.Rolls, 0, 100)
	bounds("node-kill", o.Nodes, 0, 1000)
	for _, p := range o.Failpoints {
		if !slices.Contains(failpoint.All, p) {
			errs = append(errs, fmt.Errorf("failpoint: there is no %q", p))
		}
	}
	bounds("rate", o.rate(), 1, 1000)
	switch o.network() {
	case vendors.Phone:
	case vendors.LINE, vendors.Webhook:
		if !o.Idempotency {
			errs = append(errs, fmt.Errorf("idempotency: %s always honours its keys", o.network()))
		}
	case vendors.WhatsApp:
		if o.Idempotency {
			errs = append(errs, errors.New("idempotency: whatsapp has no keys"))
		}
	default:
		errs = append(errs, fmt.Errorf("network: must be %s, %s, %s or %s", vendors.Phone, vendors.WhatsApp, vendors.LINE, vendors.Webhook))
	}
	switch o.Layout {
	case Services, Cluster:
	case elsewhere:
		if o.Kills+o.Pauses+o.Rolls+o.Nodes+len(o.Failpoints) > 0 {
			errs = append(errs, errors.New("kill, pause, roll, node-kill, failpoint: must be 0: who runs the bridge does that"))
		}
	case AllInOne:
		if o.Nodes > 0 {
			errs = append(errs, errors.New("node-kill: all-in-one has no NATS server of its own process"))
		}
	default:
		errs = append(errs, fmt.Errorf("layout: must be %s, %s or %s", AllInOne, Services, Cluster))
	}
	return errors.Join(errs...)
}

// String says in one line what is run.
func (o Options) String() string {
	return fmt.Sprintf("%s, %s, %d contacts, %d channels, seed %d, idempotency key %s", o.Layout, o.network(), o.Contacts, o.Channels, o.Seed,
		map[bool]string{true: "honoured", false: "not honoured"}[o.Idempotency])
}

func (o Options) network() string {
	if o.Network == "" {
		return vendors.Phone
	}
	return o.Network
}

// vendor is a new one; nil for the phone network.
func (o Options) vendor() vendors.Vendor { return vendors.Of(o.network(), farends.Host) }

func (o Options) rate() int {
	if o.Rate == 0 {
		return 50
	}
	return o.Rate
}

// contact is one contact of the run.
type contact struct {
	channel, name string
	healthy       bool // no fault of a far end concerns it
}

func (o Options) channel(i int) string { return fmt.Sprintf("c%d", i) }

func (o Options) channels() (ids []string) {
	for i := range o.Channels {
		ids = append(ids, o.channel(i))
	}
	return ids
}

// outage is the channel whose platform goes away for a while, "" where there is but one.
func (o Options) outage() string {
	if o.Channels == 1 {
		return ""
	}
	return o.channel(o.Channels - 1)
}

// ChannelList is the part `channels:` of the configuration of a bridge that is tried with these options.
func (o Options) ChannelList() string {
	var b strings.Builder
	b.WriteString("channels:\n")
	for _, c := range o.channels() {
		account := map[string]string{"url": "http://" + farends.Host + "/phone/" + c, "secret": vendors.Secret(c)}
		contactID := "custom"
		if v := o.vendor(); v != nil {
			account, contactID = v.Account(c), v.ContactID()
		}
		flow, _ := json.Marshal(account) // JSON is YAML
		fmt.Fprintf(&b, "  - id: %s\n    network: %s\n    contact_id: %s\n    uncertain: resend\n", c, o.network(), contactID)
		fmt.Fprintf(&b, "    platform: {webhook_url: \"http://%s/platform/%s\", api_token: %s}\n", farends.Host, c, farends.Token(c))
		fmt.Fprintf(&b, "    account: %s\n", flow)
	}
	return b.String()
}

// contacts are spread over the channels; every second one of a channel is healthy.
func (o Options) contacts() []contact {
	all := make([]contact, o.Contacts)
	name := func(i int) string { return fmt.Sprintf("p%d", i) }
	if v := o.vendor(); v != nil {
		name = v.Contact
	}
	for i := range all {
		channel := o.channel(i % o.Channels)
		all[i] = contact{channel, name(i), i/o.Channels%2 == 0 && channel != o.outage()}
	}
	return all
}

// wanted are the faults that so many messages cannot miss.
func (o Options) wanted() []history.Fault {
	ill := 0
	for _, c := range o.contacts() {
		if !c.healthy {
			ill++
		}
	}
	calls := float64(o.Messages) / 2 * float64(ill) / float64(o.Contacts)
	v := o.vendor()
	all := farends.Wanted(calls, v == nil || v.Receipts())
	if o.outage() != "" && o.Messages/o.Channels >= 100 {
		all = append(all, farends.Outage)
	}
	return all
}
