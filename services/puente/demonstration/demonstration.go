// Package demonstration is what Puente runs without a configuration file: a channel of the phone network, with the phone and the
// platform's inbox in the same process, and where the program has the webhook network one of a website with a live chat.
//
//	cfg, d, err := demonstration.New(demonstration.Options{Networks: set})
//	defer d.Remove()
//
// It makes the configuration and the far ends. To run the bridge between them is not its job.
package demonstration

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/broker"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/console/session"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/sandbox"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Options of [New].
type Options struct {
	// Networks are those of the program, with one called phone. Required.
	Networks networks.Set
	// Data, Listen and Internal stand in place of what a demonstration has; "" leaves that.
	Data, Listen, Internal string
	// Jaeger is where its traces can be looked at; "" where they cannot.
	Jaeger string
}

// Demonstration is one. Its methods are called one after the other; [Demonstration.Beside]'s handler is safe for concurrent use.
type Demonstration struct {
	temporary string       // a folder to be removed; "" with a data folder that was given
	networks  networks.Set // the phone's and, where it is there, the webhook's
	sandbox   *sandbox.Sandbox
	url       string

	// api is the control API of this process, and enter an address of its console that signs in; nil while it is not known how.
	api   *api.Client
	enter func() string
}

// The demonstration's channels: of the phone, and of the website with a live chat.
const (
	demoChannel = "demo"
	siteChannel = "website"
)

// New is one that has not begun, and its configuration, which has no channels until [Demonstration.Open].
func New(o Options) (*config.Config, *Demonstration, error) {
	if o.Networks.Named(sandbox.PhoneNetwork) == nil {
		return nil, nil, fmt.Errorf("the demonstration needs the network %s, which this program does not have: give a configuration file", sandbox.PhoneNetwork)
	}
	d := &Demonstration{networks: networks.Set{o.Networks.Named(sandbox.PhoneNetwork)}}
	if site := o.Networks.Named(siteNetwork); site != nil {
		d.networks = append(d.networks, site)
	}
	cfg := &config.Config{
		Listen: "127.0.0.1:8080", Internal: "127.0.0.1:8081", Data: o.Data, NATS: broker.NATS{Replicas: 1},
		Log: config.Log{Level: slog.LevelWarn, Format: config.Text}, Retention: config.Retention{Sent: topology.KeepSent},
	}
	if o.Listen != "" {
		cfg.Listen = o.Listen
	}
	if o.Internal != "" {
		cfg.Internal = o.Internal
	}
	cfg.Trace.Jaeger = o.Jaeger
	if cfg.Data == "" {
		dir, err := os.MkdirTemp("", "puente-")
		if err != nil {
			return nil, nil, fmt.Errorf("temporary folder: %w", err)
		}
		cfg.Data, d.temporary = dir, dir
		// nothing here has to outlive the process, let alone a power cut
		cfg.NATS.SyncInterval = broker.DefaultSyncInterval
	}
	return cfg, d, nil
}

// object is one of JSON.
type object map[string]any

// Open makes the far ends and the configuration's channels, now that the address of the public port is known, and writes [File]. The
// channels are read as those of a file are.
func (d *Demonstration) Open(cfg *config.Config, address string) error {
	d.url = "http://" + address
	cfg.PublicURL = d.url
	phone := sandbox.Channel{
		ID: demoChannel, Network: sandbox.PhoneNetwork, ContactID: customchannel.Custom, Token: secretText(), Secret: secretText(),
	}
	played := []sandbox.Channel{phone}
	channels := []object{d.channel(phone, object{"url": sandbox.PhoneURL(d.url, demoChannel), "secret": phone.Secret.Reveal()})}
	var site *sandbox.Site
	if len(d.networks) > 1 {
		var account object
		var err error
		if site, account, err = openSite(d.url); err != nil {
			return fmt.Errorf("the demonstration's website: %w", err)
		}
		channel := sandbox.Channel{ID: siteChannel, Network: siteNetwork, ContactID: customchannel.Custom, Token: secretText()}
		played, channels = append(played, channel), append(channels, d.channel(channel, account))
	}
	text, err := json.Marshal(object{"public_url": cfg.PublicURL, "channels": channels})
	if err != nil {
		return err
	}
	read, err := config.ParseResolved(File, text, d.networks.Known()...)
	if err != nil {
		return fmt.Errorf("the demonstration's channels: %w", err)
	}
	cfg.Channels = read.Channels
	reasons := reason.Own()
	for _, n := range d.networks {
		reasons = append(reasons, n.Describe().Reasons.All()...)
	}
	d.sandbox = sandbox.New(sandbox.Config{
		Channels:   played,
		APIBaseURL: func() string { return d.url },
		Site:       site,
		Reasons:    reasons,
		Way:        d.way,
		Console:    func() string { return d.enter() },
	})
	if err := write(cfg); err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	return nil
}

// channel is one of the demonstration's as a file has it.
func (d *Demonstration) channel(c sandbox.Channel, account object) object {
	return object{
		"id": c.ID, "network": c.Network, "contact_id": c.ContactID, "account": account,
		"platform": object{"webhook_url": sandbox.PlatformURL(d.url), "api_token": c.Token.Reveal()},
	}
}

func secretText() provider.Secret { return provider.NewSecret(rand.Text()) }

// Connect has the page ask the control API of this process, as the commands of the same user do: with the token of a file, which is
// made where there is none. It is called before the far ends are asked.
func (d *Demonstration) Connect(at, tokenFile string) error {
	owner, err := auth.Owner(tokenFile)
	if err != nil {
		return err
	}
	d.api = api.NewClient(api.Place{URL: at, Token: owner.Token.Reveal()})
	d.enter = func() string { return session.Link(at, owner.Name, owner.Token.Reveal()) }
	return nil
}

// way is the way of a message, for the page.
func (d *Demonstration) way(ctx context.Context, id string) (*controlv1.Message, error) {
	found, err := d.api.Messages.Where(ctx, connect.NewRequest(&controlv1.WhereRequest{Query: id}))
	if err != nil {
		return nil, err
	}
	if all := found.Msg.GetMessages(); len(all) == 1 {
		return all[0], nil
	}
	return nil, bus.ErrNotFound
}

// File is what the demonstration is set up with, a configuration file in its data folder for the commands of its own
// user: puente trigger signs with it. It is written anew at every start.
const File = "demonstration.json"

// write writes the demonstration's configuration down.
func write(cfg *config.Config) error {
	var channels []object
	for _, c := range cfg.Channels {
		channels = append(channels, object{
			"id": c.ID, "network": c.Network, "contact_id": c.ContactID, "platform": c.Platform.Reveal(), "account": c.Account.Reveal(),
		})
	}
	text, err := json.Marshal(object{
		"public_url": cfg.PublicURL, "listen": cfg.Listen, "internal": cfg.Internal, "data": cfg.Data, "channels": channels,
	})
	if err != nil {
		return err
	}
	// a reference would be put in when it is read
	return os.WriteFile(filepath.Join(cfg.Data, File), []byte(strings.ReplaceAll(string(text), "${", "$${")), 0o600)
}

// Run runs its far ends until the context ends.
func (d *Demonstration) Run(ctx context.Context) error { return d.sandbox.Run(ctx) }

// Beside mounts the sandbox on the gateway's own port.
func (d *Demonstration) Beside(gateway http.Handler) http.Handler {
	far := d.sandbox.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/sandbox/") {
			far.ServeHTTP(w, r)
			return
		}
		gateway.ServeHTTP(w, r)
	})
}

// Greet says what there is to do; internal is the address of health checks.
func (d *Demonstration) Greet(w io.Writer, internal string) {
	site := ""
	if len(d.networks) > 1 {
		site = fmt.Sprintf("  or        chat as a visitor of a website: %s/?channel=%s\n", d.url, siteChannel)
	}
	fmt.Fprintf(w, `puente is up: a phone and BonyChat's inbox, with the whole bridge between them.

  open      %[1]s/
  write     on the phone (left) and answer as the agent (right); watch the ticks move
  or        curl -s %[1]s/sandbox/api/phone/%[2]s/ana/messages -d '{"type":"text","text":"hola"}'
  then      curl -s %[1]s/sandbox/api/agent/%[2]s/ana/messages
%[4]s  look      %[1]s/sandbox/console, the operators' page; puente console gives a link to it
  ask       puente status, puente channels, puente tail
  health    http://%[3]s/readyz
  stop      Ctrl-C
`, d.url, demoChannel, internal, site)
}

// Remove takes the temporary folder away. Of nil, which is no demonstration, there is none.
func (d *Demonstration) Remove() {
	if d != nil && d.temporary != "" {
		_ = os.RemoveAll(d.temporary)
	}
}
