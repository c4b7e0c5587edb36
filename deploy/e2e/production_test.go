package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/puente/ledger"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// bridge is an installation as deploy/README.md has it for production: NATS of three servers by the official chart, with an account
// for each service, and Puente by its chart, with Telegram and WhatsApp.
type bridge struct {
	far     *farEnds
	seeds   string // folder
	values  string // file
	volumes string // folder of the volumes, where the cluster has no storage of its own
	api     string // address of the edge
	control string // address of the control API
	nats    string // address of NATS
	token   string // of the channel of Telegram at BonyChat
	seed    uint64 // of the ledger's last session
}

const (
	messaging    = "messaging" // the namespace of Puente
	broker       = "nats"      // that of NATS
	controlToken = "control-token-of-ana-0123456789abcdef"
	secondToken  = "second-platform-token-of-T-0123456789"
	puentePods   = "app.kubernetes.io/name=puente"
	natsPods     = "app.kubernetes.io/name=nats"
)

// ofLedger is what the ledger plays: WhatsApp, which honours no key, so that every repeat is seen. To one contact it takes a message
// in six seconds, and 45 before that: so many contacts bear 50 a second.
func ofLedger(messages int) ledger.Options {
	return ledger.Options{Messages: messages, Contacts: 240, Channels: 4, Network: vendors.WhatsApp, Rate: 50}
}

// TestProduction goes through the life of an installation. Each step stands on the one before.
func TestProduction(t *testing.T) {
	images(t)
	remove(t, messaging)
	remove(t, broker)
	b := &bridge{far: newFarEnds(t), token: botPlatform, seeds: filepath.Join(t.TempDir(), "seeds"), values: filepath.Join(t.TempDir(), "values.yaml")}
	t.Cleanup(func() { explain(t, messaging, broker) })
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"NATS with accounts", b.installNATS},
		{"helm install --wait", b.install},
		{"messages both ways", b.bothWays},
		{"every deployment is rolled", b.rolls},
		{"pods and NATS servers are killed", b.kills},
		{"one network more, and back", b.upgrade},
		{"scaled by the figure", b.scale},
		{"a token is changed", b.renews},
		{"a wrong image of one network", b.wrongImage},
		{"no channels", b.noChannels},
		{"a stolen key", b.stolen},
		{"everything is lost and restored", b.restores},
	} {
		began := time.Now()
		if !t.Run(step.name, step.do) {
			return
		}
		t.Logf("%s: %s", step.name, time.Since(began).Round(time.Second))
	}
	remove(t, messaging)
	remove(t, broker)
}

// installNATS follows deploy/nats.
func (b *bridge) installNATS(t *testing.T) {
	namespace(t, broker)
	b.volumesFor(t)
	accounts := command(t, time.Minute, program(t), "nats", "config", "--networks", "telegram,whatsapp,line", "--seeds", b.seeds)
	secret(t, broker, "puente-accounts", map[string]string{"accounts.conf": accounts})
	here := write(t, "here.yaml", `
config: {jetstream: {fileStore: {pvc: {size: 4Gi`+map[bool]string{true: ", storageClassName: puente-e2e"}[b.volumes != ""]+`}}}}
container:
  image: {fullImageName: puente.e2e/nats:e2e, pullPolicy: Never}
  env: {GOMEMLIMIT: 500MiB}
  merge: {resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 700Mi}}}
# their images are a registry's
reloader: {enabled: false}
promExporter: {enabled: false}
`)
	charts, err := filepath.Glob(deploy(t, "check/testdata/nats-*.tgz"))
	if err != nil || len(charts) != 1 {
		t.Fatalf("%v: %v", charts, err)
	}
	helm(t, "install", "nats", charts[0], "-n", broker, "-f", deploy(t, "nats/values.yaml"), "-f", deploy(t, "nats/accounts.yaml"), "-f", here, "--wait", "--timeout", "4m")
	b.nats = "nats://" + address(t, broker, "nats", 4222)
}

// volumesFor makes volumes on this machine where the cluster has none of its own.
func (b *bridge) volumesFor(t *testing.T) {
	if b.volumes == "" && kubectl(t, "get", "storageclass", "-o", "name") != "" {
		return
	}
	if b.volumes == "" {
		folder, err := os.MkdirTemp(images(t), "volumes-")
		if err != nil {
			t.Fatal(err)
		}
		b.volumes = folder
	}
	for i := range 3 {
		name := fmt.Sprintf("puente-e2e-%d", i)
		_, _ = try(t, time.Minute, "kubectl", "delete", "pv", name, "--ignore-not-found", "--timeout=50s")
		folder := filepath.Join(b.volumes, name)
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		_ = os.Chmod(folder, 0o777) // another user writes there; the mask of this process does not count
		create(t, fmt.Sprintf(`{apiVersion: v1, kind: PersistentVolume, metadata: {name: %s}, spec: {capacity: {storage: 4Gi}, accessModes: [ReadWriteOnce], storageClassName: puente-e2e,
  persistentVolumeReclaimPolicy: Retain, hostPath: {path: %q, type: Directory}}}`, name, folder))
	}
}

// install follows the chart's README.
func (b *bridge) install(t *testing.T) {
	namespace(t, messaging)
	seeds := map[string]string{}
	files, err := os.ReadDir(b.seeds)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(b.seeds, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		seeds[f.Name()] = string(data)
	}
	secret(t, messaging, "puente-seeds", seeds)
	secret(t, messaging, "puente-tokens", map[string]string{"ana": controlToken})
	b.channels(t)
	b.credentials(t)
	values := fmt.Sprintf(`
publicURL: http://bridge.example
image: {registry: puente.e2e, tag: e2e, pullPolicy: Never}
nats: {url: "nats://nats.nats:4222", replicas: 3, store: 3GB, seedsSecret: puente-seeds}
channels: {existingSecret: puente-channels, credentialsSecret: puente-credentials}
config: {allowAddresses: [10.0.0.0/8]}
control: {enabled: true, tokens: [{name: ana, role: write}], tokensSecret: puente-tokens}
networkPolicy: {allowPrivate: [10.0.0.0/8], natsNamespace: {kubernetes.io/metadata.name: nats}}
defaults:
  replicas: 2
  resources: {requests: {cpu: 20m, memory: 48Mi}, limits: {memory: 256Mi}}
  extraEnv:                            # the far ends are where the proxy is, and see which pod calls
    - {name: HTTP_PROXY, value: "http://$(POD_NAME):-@%s"}
networks: {telegram: {enabled: true}, whatsapp: {enabled: true}}
`, b.far.address)
	if err := os.WriteFile(b.values, []byte(values), 0o600); err != nil {
		t.Fatal(err)
	}
	helm(t, "install", "puente", deploy(t, "chart/puente"), "-n", messaging, "-f", b.values, "--wait", "--timeout", "5m")
	b.api, b.control = address(t, messaging, "puente-ingress", 80), address(t, messaging, "puente-control", 8081)
	b.far.telegram.Register(telegramtest.Webhook{URL: "http://" + b.api + "/webhooks/telegram/T", SecretToken: botSecret})
}

func (b *bridge) channels(t *testing.T) {
	t.Helper()
	secret(t, messaging, "puente-channels", map[string]string{"puente.yaml": ofLedger(240).ChannelList() + b.far.channel()})
}

func (b *bridge) credentials(t *testing.T) {
	t.Helper()
	secret(t, messaging, "puente-credentials", map[string]string{"bonychat_T": b.token, "telegram_secret": botSecret})
}

// post is one POST /message of the platform.
func (b *bridge) post(t *testing.T, token, channel, contact, text string) (mID string, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+b.api+"/message", bytes.NewReader(message(channel, contact, text)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	mID, _ = customchannel.DecodeAnswer(resp.StatusCode, body)
	return mID, resp.StatusCode
}

// writes has a contact of Telegram write, and returns who BonyChat says it is.
func (b *bridge) writes(t *testing.T, chat int64, text string) (contact string) {
	t.Helper()
	eventually(t, time.Minute, "the call is taken", func() bool {
		status, err := b.far.telegram.Deliver(t.Context(), b.far.telegram.Text(chat, text))
		return err == nil && status == http.StatusOK
	})
	eventually(t, time.Minute, "BonyChat has what the contact wrote", func() bool {
		contact = b.far.platform.from(text)
		return contact != ""
	})
	return contact
}

// answers has BonyChat write to a contact of Telegram, and waits until it is on the phone and its receipt with BonyChat.
func (b *bridge) answers(t *testing.T, contact, text string) {
	t.Helper()
	mID, status := b.post(t, b.token, "T", contact, text)
	if status != http.StatusOK {
		t.Fatalf("POST /message is answered %d", status)
	}
	eventually(t, time.Minute, "the contact has the message", func() bool {
		_, ok := b.far.telegram.Find(func(m telegramtest.Message) bool { return m.Text == text })
		return ok
	})
	eventually(t, time.Minute, "BonyChat knows that it was sent", func() bool { return b.far.platform.told(mID, customchannel.StatusSent) })
}

// session has the ledger play and judge. Nothing may be lost, out of order, or doubled without a reason.
func (b *bridge) session(t *testing.T, o ledger.Options, play func(context.Context, *ledger.Session) error) history.Verdict {
	t.Helper()
	b.seed++
	o.Seed = b.seed
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	var table bytes.Buffer
	v, err := ledger.Watch(ctx, o, ledger.Bridge{
		Public: []string{"http://" + b.api}, Around: b.far.around,
		Broker: func() (*bus.Bus, error) {
			return bus.Connect(b.nats, bus.Options{Name: "puente", Access: bus.Access{NKey: func() string { return b.seedOf(t, "puente") }}})
		},
	}, l, play, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range v.Broken {
		t.Error(broken)
	}
	return v
}

func (b *bridge) seedOf(t *testing.T, service string) string {
	data, err := os.ReadFile(filepath.Join(b.seeds, service+".nk"))
	if err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(string(data))
}

// figure is what the control API says that a network needs.
type figure struct {
	Replicas, Due, Waiting int
	ActiveAccounts         int `json:"active_accounts"`
}

func (b *bridge) figure(t *testing.T, network string) (f figure) {
	t.Helper()
	resp, err := http.Get("http://" + b.control + "/scale/" + network)
	if err != nil {
		t.Logf("/scale: %v", err)
		return figure{Replicas: -1}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(body, &f) != nil {
		t.Logf("/scale answers %d: %s", resp.StatusCode, body)
		return figure{Replicas: -1}
	}
	return f
}
