package xmpp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/foreigntest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/xmpp"
)

// prosody is a server that nobody here wrote.
type prosody struct {
	t                    *testing.T
	folder, data, config string
	c2s, component, http string // ports
	cmd                  *exec.Cmd
	log                  *os.File
}

// newProsody configures the prosody that internal/prosody/get.sh unpacked into a folder, and starts it.
func newProsody(t *testing.T, folder string) *prosody {
	t.Helper()
	p := &prosody{t: t, folder: folder, data: t.TempDir()}
	for _, port := range []*string{&p.c2s, &p.component, &p.http} {
		free, err := foreigntest.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		_, *port, _ = net.SplitHostPort(free)
	}
	text := strings.NewReplacer("{DATA}", p.data, "{C2S}", p.c2s, "{COMPONENT}", p.component, "{HTTP}", p.http).Replace(read(t, "internal/prosody/prosody.cfg.lua"))
	p.config = filepath.Join(p.data, "prosody.cfg.lua")
	write(t, p.config, text)
	accounts := filepath.Join(p.data, "example%2etest", "accounts")
	if err := os.MkdirAll(accounts, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(accounts, "ana.dat"), `return { ["password"] = "pw"; };`)
	// the program has where Debian puts its files
	program := read(t, filepath.Join(folder, "root/usr/bin/prosody"))
	for name, path := range map[string]string{"SOURCEDIR": "root/usr/lib/prosody", "PLUGINDIR": "root/usr/lib/prosody/modules/"} {
		absolute, err := filepath.Abs(filepath.Join(folder, path))
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(program, "CFG_"+name+"=")
		if at < 0 {
			t.Fatalf("prosody has no CFG_%s", name)
		}
		line, _, _ := strings.Cut(program[at:], "\n")
		program = strings.Replace(program, line, fmt.Sprintf("CFG_%s='%s';", name, absolute), 1)
	}
	write(t, filepath.Join(p.data, "prosody"), program)
	var err error
	if p.log, err = os.Create(filepath.Join(p.data, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		p.log.Close()
		if t.Failed() {
			t.Log(read(t, p.log.Name()))
		}
	})
	p.start()
	return p
}

// start starts it, and returns when it takes connections.
func (p *prosody) start() {
	p.t.Helper()
	p.cmd = exec.Command("internal/prosody/run.sh", p.folder, filepath.Join(p.data, "prosody"), "--config", p.config)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for _, port := range []string{p.component, p.c2s, p.http} {
		for {
			c, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err == nil {
				c.Close()
				break
			}
			if ctx.Err() != nil {
				p.t.Fatalf("prosody takes no connections:\n%s", read(p.t, p.log.Name()))
			}
			provider.Pause(ctx, 20*time.Millisecond)
		}
	}
}

// kill ends it as a power cut would.
func (p *prosody) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// component opens a channel at the server.
func (p *prosody) channel(secret string) provider.Sender {
	p.t.Helper()
	client := httpclient.New(httpclient.Options{AllowAddresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	p.t.Cleanup(client.Close)
	s, err := sendertest.OpenAt(xmpp.Network, json.RawMessage(fmt.Sprintf(
		`{"url": "xmpp://127.0.0.1:%s", "address": "support@bridge.example.test", "secret": %q, "title": "Soporte", "upload": "upload.example.test"}`, p.component, secret)),
		provider.Host{Client: client})
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// event is what the contact's app was told.
type event struct {
	Kind, Type, From, ID, Body, Receipt, URL, Condition string
	Features                                            []string
}

// customer is a contact, with an app of @xmpp/client.
type customer struct {
	t  *testing.T
	in io.WriteCloser

	mu   sync.Mutex
	told []event
	more chan struct{} // closed with the next event
}

// newCustomer installs the app, and starts it.
func newCustomer(t *testing.T, p *prosody) *customer {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("internal/prosody")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	c := &customer{t: t, more: make(chan struct{})}
	app := exec.Command("node", filepath.Join(dir, "customer.mjs"), p.c2s, "ana")
	app.Stderr = p.log
	out, err := app.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.in, err = app.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var e event
			if json.Unmarshal(lines.Bytes(), &e) != nil {
				continue
			}
			c.mu.Lock()
			c.told = append(c.told, e)
			close(c.more)
			c.more = make(chan struct{})
			c.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		c.in.Close()
		_ = app.Process.Kill()
		<-done
		_ = app.Wait()
	})
	return c
}

// element is a stanza that the app is told to send.
type element struct {
	Name     string            `json:"name"`
	Attrs    map[string]string `json:"attrs,omitempty"`
	Text     *string           `json:"text,omitempty"`
	Children []element         `json:"children,omitempty"`
}

func xml(name, space, text string) element {
	e := element{Name: name}
	if space != "" {
		e.Attrs = map[string]string{"xmlns": space}
	}
	if text != "" {
		e.Text = &text
	}
	return e
}

func (c *customer) say(e element) {
	line, err := json.Marshal(e)
	if err == nil {
		_, err = c.in.Write(append(line, '\n'))
	}
	if err != nil {
		c.t.Errorf("the app is gone: %v", err)
	}
}

// write writes a message that asks for a receipt.
func (c *customer) write(id, body string, more ...element) {
	c.say(element{Name: "message", Attrs: map[string]string{"to": "support@bridge.example.test", "type": "chat", "id": id}, Children: append([]element{
		xml("body", "", body), xml("request", "urn:xmpp:receipts", ""),
	}, more...)})
}

// all are the events so far of which is true; more closes with the next.
func (c *customer) all(is func(event) bool) (found []event, more <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.told {
		if is(e) {
			found = append(found, e)
		}
	}
	return found, c.more
}

// waits until so many events are of a kind, and returns them.
func (c *customer) waits(what string, n int, is func(event) bool) []event {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	for {
		found, more := c.all(is)
		if len(found) >= n {
			return found
		}
		select {
		case <-more:
		case <-ctx.Done():
			c.t.Fatalf("the contact waits for %s: %d of %d", what, len(found), n)
		}
	}
}

// receive reads what was heard.
func receive(t *testing.T, h provider.Heard) ([]provider.Event, error) {
	t.Helper()
	return sendertest.Receive(xmpp.Network, json.RawMessage(`{"address": "support@bridge.example.test"}`), webhook.Call{Body: h.Body})
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", url, resp.StatusCode, err)
	}
	return string(data)
}
