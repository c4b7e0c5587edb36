package smpp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/foreigntest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/services/egress/smpp"
)

// smsc is an SMSC that nobody here wrote: npm smpp, with a codec and an alphabet of its own.
type smsc struct{ address, control string }

// startSMSC installs npm smpp into a folder of the test, and starts it.
func startSMSC(t *testing.T) *smsc {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("internal/npmsmpp")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	s := &smsc{}
	var ports []string
	for _, at := range []*string{&s.address, &s.control} {
		free, err := foreigntest.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(free)
		*at, ports = free, append(ports, port)
	}
	run := exec.Command("node", append([]string{filepath.Join(dir, "smsc.cjs")}, ports...)...)
	p, err := foreigntest.Start(ctx, run, "http://"+s.control+"/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Log(p.Log.String())
		}
	})
	return s
}

// told is what the SMSC was sent, as it understood it.
type told struct {
	Binds []struct {
		How      string `json:"how"`
		SystemID string `json:"system_id"`
		Version  int    `json:"version"`
	} `json:"binds"`
	Submits []struct {
		Source         string `json:"source"`
		SourceTON      int    `json:"source_ton"`
		SourceNPI      int    `json:"source_npi"`
		Destination    string `json:"destination"`
		DestinationTON int    `json:"destination_ton"`
		DestinationNPI int    `json:"destination_npi"`
		Coding         int    `json:"data_coding"`
		Registered     int    `json:"registered"`
		Text           string `json:"text"`
		Part           []int  `json:"part"`
	} `json:"submits"`
	Acknowledged []int `json:"acknowledged"`
}

func (s *smsc) seen(t *testing.T) (v told) {
	t.Helper()
	resp, err := http.Get("http://" + s.control + "/seen")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// texts joins parts as a phone does, and tells how many receipts were asked for.
func (v told) texts() (all []string, receipts int) {
	held := ""
	for _, s := range v.Submits {
		receipts += s.Registered
		held += s.Text
		if len(s.Part) == 0 || s.Part[len(s.Part)-1] == s.Part[len(s.Part)-2] {
			all, held = append(all, held), ""
		}
	}
	return all, receipts
}

// TestNpmSMPP is the network at an SMSC of npm smpp. It is asked for by PUENTE_SMPP, since it installs packages; .ci/run asks.
func TestNpmSMPP(t *testing.T) {
	if os.Getenv("PUENTE_SMPP") == "" {
		t.Skip("PUENTE_SMPP is not set")
	}
	s := startSMSC(t)
	for _, mode := range []string{"transceiver", "pair"} {
		t.Run(mode, func(t *testing.T) { s.carriesBothWays(t, mode) })
	}
	t.Run("a refused login", func(t *testing.T) {
		if err := s.login(t, "wr0ng", "transceiver").(provider.Checker).Check(t.Context()); class(err) != result.Suspended {
			t.Errorf("%v", err)
		}
		if err := s.login(t, "s3cret", "transceiver").(provider.Checker).Check(t.Context()); err != nil {
			t.Errorf("the right password: %v", err)
		}
	})
}

func (s *smsc) login(t *testing.T, password, mode string) provider.Sender {
	t.Helper()
	client := httpclient.New(httpclient.Options{})
	t.Cleanup(client.Close)
	bound, err := smpp.Network.Bind(json.RawMessage(fmt.Sprintf(`{"url": "smpp://%s", "system_id": "acme", "password": %q, "source": "62626", "mode": %q}`, s.address, password, mode)))
	if err != nil {
		t.Fatal(err)
	}
	sender, err := bound.Open(provider.Host{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func (s *smsc) carriesBothWays(t *testing.T, mode string) {
	sender, before := s.login(t, "s3cret", mode), s.seen(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ctx, stop := context.WithCancel(ctx)
	heard, done := make(chan provider.Heard, 100), make(chan error, 1)
	go func() {
		done <- sender.(provider.Listener).Listen(ctx, "", func(_ context.Context, _ string, all ...provider.Heard) error {
			for _, h := range all {
				heard <- h
			}
			return nil
		})
	}()
	long := strings.Repeat("Estimado cliente, su pedido sale mañana. ", 10) + "[€]"
	sent := []string{
		"Hola: ñ € @ £ [~] {a} \\ ^ | ¿?", "Ваш заказ 👋", long, strings.Repeat("Ваш заказ 👋 ", 20) + "!", "busy", "in GSM", "in UCS-2", "in Latin-1", "in parts", "as payload",
	}
	refs := map[string]bool{}
	for i, text := range sent {
		m := &messagev1.Message{Id: fmt.Sprint(mode, i), Contact: &messagev1.Contact{Address: "+34600111222"}, Content: content.Text(text)}
		var got provider.Sent
		err := error(nil)
		for try := 0; ; try++ {
			got, err = sender.Send(ctx, m)
			if class(err) != result.Waiting || ctx.Err() != nil {
				break
			}
			provider.Pause(ctx, 20*time.Millisecond) // not bound yet, or told to wait
		}
		if err != nil || got.Ref == "" {
			t.Fatalf("%q: %+v, %v", text, got, err)
		}
		refs[got.Ref] = true
	}
	answers := []string{"¿Cuanto? 5 €, [si]", "Спасибо 👋", "Sí, mañana", "the beginning, the end", strings.TrimSpace(strings.Repeat("whole ", 60))}
	var texts []string
	for receipts := 0; len(texts) < len(answers) || receipts < len(sent); {
		select {
		case h := <-heard:
			events, err := receive(t, h)
			if err != nil || len(events) != 1 || events[0].Unreadable != "" {
				t.Fatalf("%+v, %v", events, err)
			}
			switch e := events[0]; {
			case e.Receipt != nil && refs[e.Receipt.Ref]:
				delete(refs, e.Receipt.Ref)
				receipts++
			case e.Receipt != nil:
				t.Fatalf("a receipt of %q", e.Receipt.Ref)
			default:
				if e.Contact.GetAddress() != "+34600111222" {
					t.Errorf("from %q", e.Contact.GetAddress())
				}
				texts = append(texts, e.Content.GetText().GetBody())
			}
		case <-ctx.Done():
			t.Fatalf("%d texts and %d receipts were heard, want %d and %d", len(texts), receipts, len(answers), len(sent))
		}
	}
	if !slices.Equal(texts, answers) {
		t.Errorf("heard %q, want %q", texts, answers)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("Listen: %v", err)
	}
	v := s.seen(t)
	v.Binds, v.Submits, v.Acknowledged = v.Binds[len(before.Binds):], v.Submits[len(before.Submits):], v.Acknowledged[len(before.Acknowledged):]
	s.understood(t, v, sent, len(answers)+1+len(sent), mode)
}

// understood holds what the SMSC understood against what was sent; a message of two parts is acknowledged twice.
func (s *smsc) understood(t *testing.T, v told, sent []string, acknowledged int, mode string) {
	t.Helper()
	got, receipts := v.texts()
	want := sent
	if len(got) > len(sent) { // the throttled one came twice
		want = slices.Insert(slices.Clone(sent), slices.Index(sent, "busy"), "busy")
		receipts--
	}
	if !slices.Equal(got, want) || receipts != len(sent) {
		t.Errorf("the SMSC understood %q, and %d receipts are asked for; want %q", got, receipts, want)
	}
	if one := v.Submits[0]; one.Source != "62626" || one.SourceTON != 3 || one.SourceNPI != 0 || one.Destination != "34600111222" || one.DestinationTON != 1 || one.DestinationNPI != 1 {
		t.Errorf("addresses: %+v", one)
	}
	if len(v.Acknowledged) != acknowledged || slices.ContainsFunc(v.Acknowledged, func(status int) bool { return status != 0 }) {
		t.Errorf("acknowledged %v, want %d times 0", v.Acknowledged, acknowledged)
	}
	var binds []string
	for _, b := range v.Binds {
		binds = append(binds, b.How)
		if b.SystemID != "acme" || b.Version != 0x34 {
			t.Errorf("bound with %+v", b)
		}
	}
	if want := map[string][]string{"transceiver": {"bind_transceiver"}, "pair": {"bind_transmitter", "bind_receiver"}}[mode]; !slices.Equal(binds, want) {
		t.Errorf("binds %q, want %q", binds, want)
	}
}
