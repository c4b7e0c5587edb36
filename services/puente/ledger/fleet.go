package ledger

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/services/puente/child"
)

// fleet is all processes of a layout.
type fleet struct {
	program  string
	folder   string
	file     string           // the configuration
	nodes    []*child.Process // NATS servers of their own
	services []*child.Process
	front    *front
}

// newFleet lays out the processes and writes their configuration; far is the base URL of the far ends.
func newFleet(o Options, folder, far string) (*fleet, error) {
	f := &fleet{program: o.Program, folder: folder, file: filepath.Join(folder, "puente.yaml"), front: &front{}}
	if f.program == "" {
		var err error
		if f.program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	ports, err := child.FreePorts(40)
	if err != nil {
		return nil, err
	}
	port := func() int { p := ports[0]; ports = ports[1:]; return p }
	nats := ""
	if o.Layout == AllInOne {
		f.service(port, "up", "up", "-f", f.file)
	} else {
		nats = f.cluster(port, map[Layout]int{Services: 1, Cluster: 3}[o.Layout])
		for _, name := range []string{"ingress", "translator", "egress-phone", "egress-bonychat"} {
			for range 2 {
				f.service(port, name, "service", name, "-f", f.file)
			}
		}
	}
	return f, os.WriteFile(f.file, []byte(f.configuration(o, far, nats)), 0o600)
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
		Name: fmt.Sprintf("%s-%d", name, n), Args: append(args, "-listen", listen, "-internal", internal),
		Ready: "http://" + internal + "/readyz", Folder: f.folder,
	})
	if name == "up" || name == "ingress" {
		f.front.bases = append(f.front.bases, "http://"+listen)
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
		args := []string{"node", "-dir", filepath.Join(f.folder, name), "-port", strconv.Itoa(client), "-internal", internal}
		if n > 1 {
			args = append(args, "-name", name, "-cluster", peers[i], "-peers", strings.Join(peers, ","))
		}
		urls = append(urls, "nats://"+child.Address(client))
		f.nodes = append(f.nodes, &child.Process{Name: name, Args: args, Ready: "http://" + internal + "/readyz", Folder: f.folder})
	}
	return strings.Join(urls, ",")
}

func (f *fleet) configuration(o Options, far, nats string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "public_url: http://127.0.0.1:1\ndata: %q\nlog: {level: debug, format: json}\n", filepath.Join(f.folder, "data"))
	if nats != "" {
		fmt.Fprintf(&b, "nats: {url: %q, replicas: %d}\n", nats, len(f.nodes))
	}
	b.WriteString("channels:\n")
	for i := range o.Channels {
		c := o.channel(i)
		fmt.Fprintf(&b, "  - id: %s\n    network: phone\n    contact_id: custom\n    uncertain: resend\n", c)
		fmt.Fprintf(&b, "    platform: {webhook_url: \"%s/platform/%s\", api_token: %s}\n", far, c, tokenOf(c))
		fmt.Fprintf(&b, "    account: {url: \"%s/phone/%s\", secret: secret-of-%s}\n", far, c, c)
	}
	return b.String()
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
		if !sleep(ctx, 500*time.Millisecond) {
			return fmt.Errorf("apply: %w: %s", err, out)
		}
	}
}

// stop lets all finish, services before servers, and joins what was wrong with that.
func (f *fleet) stop() (problems []string) {
	for _, group := range [][]*child.Process{f.services, f.nodes} {
		errs := make([]error, len(group))
		var wg sync.WaitGroup
		for i, p := range group {
			wg.Go(func() { errs[i] = p.End() })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				problems = append(problems, err.Error())
			}
		}
	}
	return problems
}

// kill ends all at once.
func (f *fleet) kill() {
	for _, p := range append(append([]*child.Process{}, f.services...), f.nodes...) {
		p.Kill()
	}
}

// pids are the processes that run, by the name of their run.
func (f *fleet) pids() map[string]int {
	all := map[string]int{}
	for _, p := range f.services {
		if name, pid, _ := p.Run(); pid != 0 {
			all[name] = pid
		}
	}
	return all
}
