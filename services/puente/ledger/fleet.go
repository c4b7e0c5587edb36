package ledger

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/child"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
)

// fleet is all processes of a layout.
type fleet struct {
	program  string
	folder   string
	file     string           // the configuration
	nats     string           // where the NATS servers are, "" for the embedded one
	nodes    []*child.Process // NATS servers of their own
	services []*child.Process
	public   []string     // base URLs of ingress
	far      string       // address of the far ends
	guard    net.Listener // holds the ports
}

// newFleet lays out the processes and writes their configuration; far is the address of the far ends.
func newFleet(o Options, folder, far string) (*fleet, error) {
	f := &fleet{program: o.Program, folder: folder, file: filepath.Join(folder, "puente.yaml"), far: far}
	if f.program == "" {
		var err error
		if f.program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	var free []int
	var err error
	if f.guard, free, err = child.TakePorts(); err != nil {
		return nil, err
	}
	port := func() int { p := free[0]; free = free[1:]; return p }
	if o.Layout == AllInOne {
		f.service(port, "up", "up", "-f", f.file)
	} else {
		f.nats = f.cluster(port, map[Layout]int{Services: 1, Cluster: 3}[o.Layout])
		for _, name := range []string{"ingress", "translator", "egress-" + o.network(), "egress-bonychat"} {
			for range 2 {
				f.service(port, name, "process", "service", name, "-f", f.file)
			}
		}
	}
	return f, os.WriteFile(f.file, []byte(f.configuration(o)), 0o600)
}

// service adds one process of a service.
func (f *fleet) service(port func() int, name string, args ...string) {
	n := 1
	for _, p := range f.services {
		if strings.HasPrefix(p.Name, name+"-") {
			n++
		}
	}
	listen, internal := child.Address(port()), child.Address(port())
	f.services = append(f.services, &child.Process{
		Name: fmt.Sprintf("%s-%d", name, n), Args: append(args, "--listen", listen, "--internal", internal),
		Ready: "http://" + internal + "/readyz", Folder: f.folder, Env: func(run string) []string { return farends.Environ(os.Environ(), f.far, run) },
	})
	if name == "up" || name == "ingress" {
		f.public = append(f.public, "http://"+listen)
	}
}

// cluster adds n NATS servers and returns where they are.
func (f *fleet) cluster(port func() int, n int) string {
	var urls, peers []string
	for range n {
		peers = append(peers, strconv.Itoa(port()))
	}
	for i := range n {
		client, internal, name := port(), child.Address(port()), fmt.Sprintf("nats-%d", i+1)
		args := []string{"process", "node", "--dir", filepath.Join(f.folder, name), "--port", strconv.Itoa(client), "--internal", internal}
		if n > 1 {
			args = append(args, "--name", name, "--cluster", peers[i], "--peers", strings.Join(peers, ","))
		}
		urls = append(urls, "nats://"+child.Address(client))
		f.nodes = append(f.nodes, &child.Process{Name: name, Args: args, Ready: "http://" + internal + "/readyz", Folder: f.folder})
	}
	return strings.Join(urls, ",")
}

func (f *fleet) configuration(o Options) string {
	replicas := max(len(f.nodes), 1)
	return fmt.Sprintf("public_url: http://127.0.0.1:1\ndata: %q\nlog: {level: debug, format: json}\nnats: {url: %q, replicas: %d, store: %q}\n%s",
		filepath.Join(f.folder, "data"), f.nats, replicas, o.Store, o.ChannelList())
}

// start starts everything in the order of dependence.
func (f *fleet) start(ctx context.Context) error {
	if err := f.launch(ctx, f.nodes); err != nil {
		return err
	}
	if len(f.nodes) > 0 {
		if err := f.apply(ctx); err != nil {
			return err
		}
	}
	return f.launch(ctx, f.services)
}

func (f *fleet) launch(ctx context.Context, ps []*child.Process) error {
	for _, p := range ps {
		if err := p.Start(f.program); err != nil {
			return err
		}
	}
	for _, p := range ps {
		if err := p.Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// apply makes streams and channels; a cluster that has just found its leader may need more than one try.
func (f *fleet) apply(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, child.StartTime)
	defer cancel()
	for {
		out, err := exec.CommandContext(ctx, f.program, "apply", "-f", f.file).CombinedOutput()
		if err == nil {
			return nil
		}
		if pause.For(ctx, 500*time.Millisecond) != nil {
			return fmt.Errorf("apply: %w: %s", err, out)
		}
	}
}

// stop lets processes finish, and returns what was wrong with that.
func stop(all []*child.Process) (problems []string) {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, p := range all {
		wg.Go(func() { errs[i] = p.End() })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	return problems
}

// end lets the services finish.
func (f *fleet) end() []string { return stop(f.services) }

// broker connects to the NATS servers. The embedded one has ended with its process, and is started anew.
func (f *fleet) broker() (*bus.Bus, func(), error) {
	o, leave := bus.Options{Name: "ledger"}, func() {}
	if len(f.nodes) == 0 {
		n, err := node.Start(node.Options{Dir: filepath.Join(f.folder, "data", "nats")})
		if err != nil {
			return nil, nil, err
		}
		o.Node, leave = n, n.Stop
	}
	b, err := bus.Connect(f.nats, o)
	if err != nil {
		leave()
		return nil, nil, err
	}
	return b, leave, nil
}

// endBroker lets the NATS servers finish.
func (f *fleet) endBroker() []string { return stop(f.nodes) }

// kill ends all at once.
func (f *fleet) kill() {
	for _, p := range append(append([]*child.Process{}, f.services...), f.nodes...) {
		p.Kill()
	}
}
