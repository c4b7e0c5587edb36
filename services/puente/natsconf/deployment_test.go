package natsconf_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/puente/builtin"
	"github.com/bonychat/puente/services/puente/natsconf"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/translator"
)

const (
	bot         = "42:AAF0123456789-bot-token"
	botSecret   = "telegram-secret-0123456789"
	tokenT      = "platform-token-of-T-0123456789"
	whatsToken  = "whatsapp-access-token-of-W-0123456789"
	whatsSecret = "whatsapp-app-secret-of-W-0123456789"
	tokenW      = "platform-token-of-W-0123456789"
)

var both = []string{"telegram", "whatsapp"}

// violations keeps what servers log of what clients may not do.
type violations struct {
	mu   sync.Mutex
	seen []string
}

func (v *violations) note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if strings.Contains(line, "iolation") || strings.Contains(line, "authentication error") {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.seen = append(v.seen, line)
	}
}

func (v *violations) all() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.seen)
}

func (v *violations) Noticef(f string, a ...any) { v.note(f, a...) }
func (v *violations) Warnf(f string, a ...any)   { v.note(f, a...) }
func (v *violations) Fatalf(f string, a ...any)  { v.note(f, a...) }
func (v *violations) Errorf(f string, a ...any)  { v.note(f, a...) }
func (v *violations) Debugf(f string, a ...any)  { v.note(f, a...) }
func (v *violations) Tracef(string, ...any)      {}

// deployment is a NATS with the written accounts, and the services on it, each with its own key.
type deployment struct {
	t        *testing.T
	url      string
	seeds    string // folder
	servers  []*server.Server
	refused  violations
	bot      *telegramtest.Server
	platform *platform
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
	d := &deployment{t: t, seeds: t.TempDir(), running: map[string]*running{}, log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	d.bot = telegramtest.NewServer(bot)
	t.Cleanup(d.bot.Close)
	d.platform = newPlatform(t)
	d.public = freePort(t)
	keys, err := natsconf.Seeds(d.seeds, natsconf.Services(both))
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := natsconf.Accounts(both, nil, keys)
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
	text := fmt.Sprintf(`listen: %s
public_url: http://%s
allow_addresses: [127.0.0.0/8]
%s
channels:
  - {id: T, network: telegram, contact_id: custom, platform: {webhook_url: %q, api_token: %q}, account: {token: %q, secret_token: %q, api: %q}}
  - {id: W, network: whatsapp, contact_id: phone, platform: {webhook_url: %q, api_token: %q}, account: {phone_number_id: "123456789", access_token: %q, app_secret: %q, verify_token: verify-0123456789abc}}
`, d.public, d.public, natsconf.Block(name, both, "file:"+filepath.Join(d.seeds, natsconf.SeedFile(name))),
		d.platform.URL+"/T", tokenT, bot, botSecret, d.bot.URL, d.platform.URL+"/W", tokenW, whatsToken, whatsSecret)
	text = strings.Replace(text, "nats: {", fmt.Sprintf("nats: {url: %q, ", d.url), 1)
	file := filepath.Join(d.t.TempDir(), "puente.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	cfg, err := config.Load(file, networks.Set(builtin.Networks()).Known())
	if err != nil {
		d.t.Fatal(err)
	}
	return cfg
}

// run starts a service.
func (d *deployment) run(name string) {
	d.t.Helper()
	run := map[string]service.Run{
		"ingress": ingress.Run, "translator": translator.Run, "egress-bonychat": runtime.Service(bonychat.Platform), "egress-telegram": runtime.Service(telegram.Network),
		"control": func(ctx context.Context, env service.Env) error {
			return control.Serve(ctx, env, control.Options{Tokens: &auth.Tokens{}, History: config.History{Folder: d.t.TempDir(), Keep: 24 * time.Hour, Store: 64 << 20}})
		},
	}[name]
	ctx, stop := context.WithCancel(context.Background())
	r := &running{stop, make(chan error, 1)}
	started := make(chan struct{})
	go func() {
		r.done <- service.Start(ctx, name, nil, d.config(name), d.log, service.NewHealth(), func(ctx context.Context, env service.Env) error {
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

// platform stands in for BonyChat.
type platform struct {
	URL string

	mu    sync.Mutex
	posts []customchannel.Post
}

func newPlatform(t *testing.T) *platform {
	p := &platform{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		post, err := customchannel.DecodePost(body, customchannel.Custom)
		if err != nil {
			t.Errorf("a post breaks the contract: %v", err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.posts = append(p.posts, *post)
	}))
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

// events are what was told of a contact.
func (p *platform) events(contact string) (found []customchannel.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, post := range p.posts {
		if post.ContactID == contact {
			found = append(found, post.Events...)
		}
	}
	return found
}

// send sends a text to a contact as BonyChat does.
func (d *deployment) send(contact, text string) {
	d.t.Helper()
	data, err := json.Marshal(map[string]any{"channelId": "T", "contactId": contact, "message": map[string]any{"type": "text", "text": text}})
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, "http://"+d.public+"/message", bytes.NewReader(data))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokenT)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		d.t.Fatalf("a message is answered %s", resp.Status)
	}
}

// deliver delivers an update as Telegram does.
func (d *deployment) deliver(update map[string]any) {
	d.t.Helper()
	if status, err := d.bot.Deliver(d.t.Context(), update); err != nil || status != http.StatusOK {
		d.t.Fatalf("update: %d, %v", status, err)
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
