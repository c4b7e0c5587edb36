package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"crypto/rand"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/broker"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/console/session"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/sandbox"
)

// demo is what runs without a file: a channel of the phone network, with both far ends in the same process, and one of the
// webhook network where the program has that, with a website of its own.
type demo struct {
	temporary string            // a folder to be removed; "" with a data folder that was given
	networks  []provider.Driver // the phone's and, where it is there, the webhook's
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

func newDemo(o Options) (*config.Config, *demo, error) {
	if o.Networks.Named(sandbox.PhoneNetwork) == nil {
		return nil, nil, fmt.Errorf("the demonstration needs the network %s, which this program does not have: give a configuration file", sandbox.PhoneNetwork)
	}
	d := &demo{networks: []provider.Driver{o.Networks.Named(sandbox.PhoneNetwork)}}
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
	if o.localTraces {
		cfg.Trace.Jaeger = localJaeger
	}
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

// open makes the sandbox and its channels, now that the port is known. They are read as those of a file are.
func (d *demo) open(cfg *config.Config, address string) error {
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
	read, err := config.ParseResolved(DemonstrationFile, text, networks.Of(d.networks...)...)
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
	return nil
}

// channel is one of the demonstration's as a file has it.
func (d *demo) channel(c sandbox.Channel, account object) object {
	return object{
		"id": c.ID, "network": c.Network, "contact_id": c.ContactID, "account": account,
		"platform": object{"webhook_url": sandbox.PlatformURL(d.url), "api_token": c.Token.Reveal()},
	}
}

func secretText() provider.Secret { return provider.NewSecret(rand.Text()) }

// connect has the page ask the control API of this process, as the commands of the same user do: with the token of a file.
func (d *demo) connect(at, file string) error {
	owner, err := auth.Owner(file)
	if err != nil {
		return err
	}
	d.api = api.NewClient(api.Place{URL: at, Token: owner.Token.Reveal()})
	d.enter = func() string { return session.Link(at, owner.Name, owner.Token.Reveal()) }
	return nil
}

// way is the way of a message, for the page.
func (d *demo) way(ctx context.Context, id string) (*controlv1.Message, error) {
	found, err := d.api.Messages.Where(ctx, connect.NewRequest(&controlv1.WhereRequest{Query: id}))
	if err != nil {
		return nil, err
	}
	if all := found.Msg.GetMessages(); len(all) == 1 {
		return all[0], nil
	}
	return nil, bus.ErrNotFound
}

// DemonstrationFile is what the demonstration is set up with, a configuration file in its data folder for the commands of its own
// user: puente trigger signs with it. It is written anew at every start.
const DemonstrationFile = "demonstration.json"

// write writes the demonstration's configuration down.
func (d *demo) write(cfg *config.Config) error {
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
	return os.WriteFile(filepath.Join(cfg.Data, DemonstrationFile), []byte(strings.ReplaceAll(string(text), "${", "$${")), 0o600)
}

// beside mounts the sandbox on the gateway's own port.
func (d *demo) beside(gateway http.Handler) http.Handler {
	far := d.sandbox.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/sandbox/") {
			far.ServeHTTP(w, r)
			return
		}
		gateway.ServeHTTP(w, r)
	})
}

func (d *demo) greet(w io.Writer, internal string) {
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

// remove takes the temporary folder away. Without a demonstration there is none.
func (d *demo) remove() {
	if d != nil && d.temporary != "" {
		_ = os.RemoveAll(d.temporary)
	}
}
