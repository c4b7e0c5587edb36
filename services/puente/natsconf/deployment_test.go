package natsconf_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/puente/builtin"
	"github.com/bonychat/puente/services/puente/natsconf"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/translator"
)

const (
	bot       = "42:AAF0123456789-bot-token"
	botSecret = "telegram-secret-0123456789"
	polledBot = "43:AAF0123456789-bot-token" // whose updates are asked for
)

// tokenOf is the platform's token of a channel.
func tokenOf(channel string) string { return "platform-token-of-" + channel + "-0123456789" }

// operatorToken is that of an operator at the control API.
const operatorToken = "writer-0123456789abcdef0123456789abcdef"

var both = []string{"telegram", "whatsapp"}

// deployment is a NATS with the written accounts, and the services on it, each with its own key.
type deployment struct {
	t        *testing.T
	url      string
	seeds    string // folder
	servers  []*server.Server
	refused  violations
	bot      *telegramtest.Server
	polled   *telegramtest.Server
	number   *whatsapptest.Server
	platform *platform
	control  string // address
	public   string
	running  map[string]*running
	log      *slog.Logger
}

type running struct {
	stop context.CancelFunc
	done chan error
}

// newDeployment starts so many servers with the accounts of two networks, and fills in a channel of each.
func newDeployment(t *testing.T, servers int) *deployment {
	t.Helper()
	return deploy(t, servers, false)
}

// deploy is newDeployment, with the accounts of an upgrade where upgrading says so.
func deploy(t *testing.T, servers int, upgrading bool) *deployment {
	t.Helper()
	d := &deployment{t: t, seeds: t.TempDir(), running: map[string]*running{}, log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	d.bot = telegramtest.NewServer(bot)
	t.Cleanup(d.bot.Close)
	d.polled = telegramtest.NewServer(polledBot)
	t.Cleanup(d.polled.Close)
	d.number = whatsapptest.NewServer()
	t.Cleanup(d.number.Close)
	d.platform = newPlatform(t)
	d.public = freePort(t)
	keys, err := natsconf.Seeds(d.seeds, natsconf.Services(both))
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := natsconf.Accounts(both, nil, keys, upgrading)
	if err != nil {
		t.Fatal(err)
	}
	d.serve(accounts, servers)
	cfg := d.config("puente")
	err = service.Start(t.Context(), "puente", nil, cfg, d.log, service.NewHealth(), func(ctx context.Context, env service.Env) error {
		if err := provision.Apply(ctx, env.Bus, both, provision.Storage{Replicas: servers, Bytes: 1 << 30}); err != nil {
			return err
		}
		_, err := directory.Apply(ctx, env.Bus, channels.Entries(cfg))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// serve starts the servers.
func (d *deployment) serve(accounts string, n int) {
	d.t.Helper()
	var routes, clients []string
	for range n {
		routes, clients = append(routes, freePort(d.t)), append(clients, freePort(d.t))
	}
	for i := range n {
		text := fmt.Sprintf("server_name: n%d\nlisten: %q\nmax_payload: 8MB\njetstream {store_dir: %q, max_file_store: 20GB, max_memory_store: 1GB}\n%s", i, clients[i], d.t.TempDir(), accounts)
		if n > 1 {
			text += fmt.Sprintf("cluster {name: test, listen: %q, routes: [%s]}\n", routes[i], "nats://"+strings.Join(routes, ", nats://"))
		}
		file := filepath.Join(d.t.TempDir(), "nats.conf")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
		o, err := server.ProcessConfigFile(file)
		if err != nil {
			d.t.Fatal(err)
		}
		o.NoSigs = true
		s, err := server.NewServer(o)
		if err != nil {
			d.t.Fatal(err)
		}
		s.SetLoggerV2(&d.refused, false, false, false)
		s.Start()
		d.t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		d.servers = append(d.servers, s)
	}
	for _, s := range d.servers {
		if !s.ReadyForConnections(30 * time.Second) {
			d.t.Fatal("a server does not start")
		}
	}
	d.eventually(60*time.Second, "the servers have a leader", func() bool {
		return slices.ContainsFunc(d.servers, func(s *server.Server) bool { return n == 1 || s.JetStreamIsLeader() })
	})
	d.url = "nats://" + strings.Join(clients, ",nats://")
}

// config is the configuration of a service, as its file has it.
func (d *deployment) config(name string) *config.Config {
	d.t.Helper()
	cfg, err := config.Load(d.file(name), networks.Set(builtin.Networks()).Known())
	if err != nil {
		d.t.Fatal(err)
	}
	return cfg
}

// file is the configuration file of a service.
func (d *deployment) file(name string) string {
	d.t.Helper()
	var list []string
	for _, c := range []struct {
		id, network, contact string
		account              map[string]any
	}{
		{"T", "telegram", "custom", map[string]any{"token": bot, "secret_token": botSecret, "api": d.bot.URL}},
		{"P", "telegram", "custom", map[string]any{"token": polledBot, "mode": "poll", "api": d.polled.URL}},
		{"W", "whatsapp", "phone", d.number.Account()},
	} {
		line, err := json.Marshal(map[string]any{
			"id": c.id, "network": c.network, "contact_id": c.contact, "account": c.account,
			"platform": map[string]any{"webhook_url": d.platform.URL + "/" + c.id, "api_token": tokenOf(c.id)},
		})
		if err != nil {
			d.t.Fatal(err)
		}
		list = append(list, string(line))
	}
	text := fmt.Sprintf("listen: %s\npublic_url: http://%s\nallow_addresses: [127.0.0.0/8]\n%s\nchannels: [%s]\n",
		d.public, d.public, natsconf.Block(name, both, "file:"+filepath.Join(d.seeds, natsconf.SeedFile(name))), strings.Join(list, ", "))
	text = strings.Replace(text, "nats: {", fmt.Sprintf("nats: {url: %q, ", d.url), 1)
	file := filepath.Join(d.t.TempDir(), "puente.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return file
}

// programs are the services that a process of its own may be, too.
var programs = map[string]service.Run{
	"ingress": ingress.Run, "translator": translator.Run, "egress-bonychat": runtime.Service(bonychat.Platform),
	"egress-telegram": runtime.Service(telegram.Network), "egress-whatsapp": runtime.Service(whatsapp.Network),
}

// run starts a service.
func (d *deployment) run(name string) {
	d.t.Helper()
	run, health := programs[name], service.NewHealth()
	if name == "control" {
		tokens := &auth.Tokens{}
		tokens.Set([]operators.Token{{Name: "walter", Role: operators.Write, Token: secret.Hide(operatorToken)}})
		d.serveInternal(health)
		run = func(ctx context.Context, env service.Env) error {
			return control.Serve(ctx, env, control.Options{Tokens: tokens, History: config.History{Folder: d.t.TempDir(), Keep: 24 * time.Hour, Store: 64 << 20}})
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{stop, make(chan error, 1)}
	started := make(chan struct{})
	go func() {
		r.done <- service.Start(ctx, name, nil, d.config(name), d.log, health, func(ctx context.Context, env service.Env) error {
			serving := env.Started
			env.Started = func() { serving(); close(started) }
			return run(ctx, env)
		})
	}()
	d.running[name] = r
	d.t.Cleanup(func() { d.end(name, r) })
	select {
	case <-started:
	case err := <-r.done:
		d.t.Fatalf("%s: %v", name, err)
	case <-time.After(60 * time.Second):
		d.t.Fatalf("%s does not start; refused: %v", name, d.refused.all())
	}
}

// serveInternal opens the internal port of the control API.
func (d *deployment) serveInternal(health *service.Health) {
	d.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.control = "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.ServeInternal(ctx, l, health) }()
	d.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			d.t.Error(err)
		}
	})
}

// end stops a service that still runs.
func (d *deployment) end(name string, r *running) {
	if d.running[name] != r {
		return
	}
	delete(d.running, name)
	r.stop()
	if err := <-r.done; err != nil {
		d.t.Errorf("%s: %v", name, err)
	}
}

func (d *deployment) eventually(within time.Duration, what string, ok func() bool) {
	d.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(within); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			d.t.Fatalf("never: %s; refused: %s", what, strings.Join(d.refused.all(), "\n"))
		}
	}
}

// freePort is an address that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
