package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/bench/internal/traffic"
	"github.com/bonychat/puente/services/puente/child"
)

// bridge starts the bridge: the all-in-one with its own broker, or one process of each service with brokers apart.
func (b *bench) bridge(ctx context.Context, s setup, channels int) (*side, error) {
	x, ports, err := b.side("bridge", s, channels)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(x.folder, "puente.yaml")
	if err := os.WriteFile(file, []byte(b.configuration(x, s)), 0o600); err != nil {
		return nil, err
	}
	names := []string{"up"}
	if s.replicas > 1 {
		names = []string{"ingress", "translator", "egress-phone", "egress-bonychat"}
	}
	for _, name := range names {
		args := []string{"process", "service", name, "-f", file}
		if name == "up" {
			args = []string{"up", "-f", file}
		}
		b.service(x, ports, name, args...)
	}
	return x, b.start(ctx, x, s.replicas > 1)
}

// bare starts the floor.
func (b *bench) bare(ctx context.Context, s setup) (*side, error) {
	x, ports, err := b.side("floor", s, b.Channels)
	if err != nil {
		return nil, err
	}
	args := []string{"process", "baseline", "--replicas", strconv.Itoa(s.replicas), "--far", b.far.URL}
	if x.nats == "" {
		args = append(args, "--dir", filepath.Join(x.folder, "data"), "--sync", s.sync)
	} else {
		args = append(args, "--nats", x.nats)
	}
	b.service(x, ports, "floor", args...)
	return x, b.start(ctx, x, false)
}

// start starts a side; applied makes streams and channels before its services.
func (b *bench) start(ctx context.Context, x *side, applied bool) error {
	var prepare func(context.Context) error
	if applied {
		prepare = func(ctx context.Context) error { return b.apply(ctx, x) }
	}
	if err := x.start(ctx, prepare); err != nil {
		x.stop()
		return fmt.Errorf("start the %s: %w", x.name, err)
	}
	return nil
}

// side is a side with its brokers, none started.
func (b *bench) side(name string, s setup, channels int) (*side, func() int, error) {
	b.sides++
	x := &side{name: name, program: b.Program, folder: filepath.Join(b.folder, fmt.Sprintf("%s-%d", name, b.sides)), channels: channels}
	if err := os.MkdirAll(x.folder, 0o700); err != nil {
		return nil, nil, err
	}
	guard, ports, err := child.TakePorts()
	if err != nil {
		return nil, nil, err
	}
	x.guard = guard
	port := func() int { p := ports[0]; ports = ports[1:]; return p }
	if s.replicas == 1 && !s.apart {
		return x, port, nil
	}
	var urls, peers []string
	for range s.replicas {
		peers = append(peers, strconv.Itoa(port()))
	}
	for i := range s.replicas {
		client, internal, node := port(), child.Address(port()), fmt.Sprintf("nats-%d", i+1)
		args := []string{"process", "node", "--dir", filepath.Join(x.folder, node), "--port", strconv.Itoa(client), "--internal", internal, "--sync", s.sync}
		if s.replicas > 1 {
			args = append(args, "--name", node, "--cluster", peers[i], "--peers", strings.Join(peers, ","))
		}
		urls = append(urls, "nats://"+child.Address(client))
		x.nodes = append(x.nodes, b.process(x, node, internal, args))
	}
	x.nats = strings.Join(urls, ",")
	return x, port, nil
}

// service adds a process with a public and an internal port.
func (b *bench) service(x *side, port func() int, name string, args ...string) {
	listen, internal := child.Address(port()), child.Address(port())
	x.services = append(x.services, b.process(x, name, internal, append(args, "--listen", listen, "--internal", internal)))
	if x.base == "" {
		x.base = "http://" + listen
	}
}

func (b *bench) process(x *side, name, internal string, args []string) *child.Process {
	p := &child.Process{Name: name, Args: args, Ready: "http://" + internal + "/readyz", Folder: x.folder, Within: startTime}
	if b.Profiles != "" {
		p.Env = func(string) []string { return append(os.Environ(), child.ProfileFolder+"="+b.Profiles) }
	}
	return p
}

// startTime is how long a process may take to be ready: with very many channels that is minutes.
const startTime = 5 * time.Minute

// configuration is the bridge's file.
func (b *bench) configuration(x *side, s setup) string {
	var c strings.Builder
	fmt.Fprintf(&c, "public_url: http://127.0.0.1:1\ndata: %q\nlog: {level: error}\n", filepath.Join(x.folder, "data"))
	if x.nats == "" {
		fmt.Fprintf(&c, "nats: {sync: %s}\n", s.sync)
	} else {
		fmt.Fprintf(&c, "nats: {url: %q, replicas: %d}\n", x.nats, s.replicas)
	}
	c.WriteString("channels:\n")
	for i := range x.channels {
		id := traffic.Channel(i)
		fmt.Fprintf(&c, "  - {id: %s, network: phone, contact_id: custom, platform: {webhook_url: \"%s/platform/%s\", api_token: %s}, account: {url: \"%s/phone/%s\", secret: %s}}\n",
			id, b.far.URL, id, traffic.Token(id), b.far.URL, id, traffic.Secret(id))
	}
	return c.String()
}

// apply makes streams and channels; servers that have just found their leader may need more than one try.
func (b *bench) apply(ctx context.Context, x *side) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		out, err := exec.CommandContext(ctx, x.program, "apply", "-f", filepath.Join(x.folder, "puente.yaml")).CombinedOutput()
		if err == nil {
			return nil
		}
		if pause.For(ctx, 500*time.Millisecond) != nil {
			return fmt.Errorf("apply: %w: %s", err, out)
		}
	}
}
