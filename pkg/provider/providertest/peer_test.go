package providertest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
)

// wired is the account of a network of lines.
type wired struct {
	Key provider.Secret `json:"key" doc:"The key."`
	At  string          `json:"at" doc:"Where the network is: host and port."`
}

// lineSender is a sender of the network of lines. The fields are its faults.
type lineSender struct {
	wired
	client *httpclient.Client
	// lost is what a send is told whose connection is lost; slow has it find that out by a time-out.
	lost error
	slow bool
	// proud acknowledges also what it could not store; bold reads what may not be there; loud quotes; deaf goes on without its
	// context.
	proud, bold, loud, deaf bool

	mu     sync.Mutex
	up     net.Conn
	down   chan struct{} // closed when up is lost
	failed error
	asked  chan string // what answers the send under way
}

var lineReasons = toy.Reasons

// lineNetwork is the network of lines, with these faults.
func lineNetwork(fault func(*lineSender)) provider.Network[wired] {
	return provider.Network[wired]{
		Name: "wire", Doc: docs, Reasons: lineReasons,
		Carries:   provider.Carries{Text: provider.Limit{Max: 60, Page: docs}},
		Abilities: provider.Abilities{Listener: (*lineSender)(nil)},
		Receive:   func(_ wired, c webhook.Call) ([]provider.Event, error) { return toy.Receive(account{}, c) },
		Open: func(a wired, h provider.Host) (provider.Sender, error) {
			s := &lineSender{wired: a, client: h.Client, asked: make(chan string, 1)}
			fault(s)
			return s, nil
		},
	}
}

func (s *lineSender) Listens() bool { return true }

func (s *lineSender) Listen(ctx context.Context, _ string, store provider.Store) (err error) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = err
	}()
	conn, err := s.client.Dial(ctx, httpclient.Address{Host: s.At})
	if err != nil {
		return err
	}
	defer conn.Close()
	if !s.deaf {
		defer context.AfterFunc(ctx, func() { conn.Close() })()
	}
	fmt.Fprintf(conn, "LOGIN %s\r\n", s.Key.Reveal())
	in := bufio.NewReader(conn)
	switch line, err := in.ReadString('\n'); {
	case err != nil:
		return outcome.Temporary(why("no answer"), err)
	case line != "OK\r\n":
		return outcome.Suspend(why("refused"), nil)
	}
	down := make(chan struct{})
	s.mu.Lock()
	s.up, s.down, s.failed = conn, down, nil
	s.mu.Unlock()
	defer close(down)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return outcome.Temporary(why("the connection is lost"), err)
		}
		if err := s.hear(ctx, conn, strings.TrimSpace(line), store); err != nil {
			return err
		}
	}
}

func (s *lineSender) hear(ctx context.Context, conn net.Conn, line string, store provider.Store) error {
	word, rest, _ := strings.Cut(line, " ")
	if word != "MSG" {
		select {
		case s.asked <- line:
		default:
		}
		return nil
	}
	f := strings.SplitN(rest, " ", 3)
	if len(f) < 3 {
		return nil
	}
	body, _ := json.Marshal(map[string]any{"id": json.Number(f[0]), "from": f[1], "text": f[2]})
	err := store(ctx, "", provider.Heard{Key: f[0], Body: body})
	if err == nil || s.proud {
		fmt.Fprintf(conn, "ACK %s\r\n", f[0])
	} else {
		fmt.Fprintf(conn, "LATER %s\r\n", f[0])
	}
	return err
}

func (s *lineSender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	text := m.GetContent().GetText().GetBody()
	if text == "" {
		return sent, outcome.Reject(why("texts only"), nil)
	}
	s.mu.Lock()
	conn, down, failed := s.up, s.down, s.failed
	s.mu.Unlock()
	if failed != nil {
		return sent, failed
	}
	if conn == nil {
		return sent, outcome.Wait(time.Second, outcome.Channel, nil)
	}
	if _, err := fmt.Fprintf(conn, "SEND 1 %s %s\r\n", m.GetContact().GetAddress(), text); err != nil {
		return sent, outcome.Temporary(why("not connected"), err)
	}
	late := make(<-chan time.Time)
	if s.slow {
		down, late = nil, time.After(10*time.Second)
	}
	select {
	case <-ctx.Done():
		return sent, outcome.Uncertain(ctx.Err())
	case <-down:
	case <-late:
	case line := <-s.asked:
		return s.judge(line)
	}
	if s.lost != nil {
		return sent, s.lost
	}
	return sent, outcome.Uncertain(errors.New("the connection was lost"))
}

func (s *lineSender) judge(line string) (sent provider.Sent, err error) {
	f := strings.Fields(line)
	switch {
	case s.bold && f[0] == "OK":
		return provider.Sent{Ref: f[2]}, nil
	case s.loud:
		return sent, outcome.Reject(why("the network says no"), errors.New(line))
	case len(f) == 3 && f[0] == "OK" && f[1] == "1":
		return provider.Sent{Ref: f[2]}, nil
	case len(f) > 1 && f[0] == "BUSY":
		return sent, outcome.Wait(time.Second, outcome.Channel, nil)
	case len(f) > 1 && f[0] == "ERROR":
		return sent, outcome.Temporary(why("an error"), nil)
	case len(f) > 1 && f[0] == "NO" && f[1] == "1":
		return sent, outcome.Reject(why("refused"), nil)
	default:
		return sent, outcome.Uncertain(errors.New("an answer that cannot be read"))
	}
}

// lineKit is the kit of a network of lines.
var lineKit = Kit{Dir: "testdata/lines", Peer: Lines(false), Duplex: true, Answers: Answers{Broken: "ERROR 1", TooMany: "BUSY 1"}, mangled: 30}

func TestRunPassesASoundNetworkOfLines(t *testing.T) {
	lineKit.Run(t, lineNetwork(func(*lineSender) {}))
}

// heardOf holds a network to the kit's rules with the conversations of a folder.
func (k Kit) heardOf(t *testing.T, network provider.Driver) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(k.Dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations")
	}
	l, run := &listener{}, k.run(network)
	for _, c := range loaded(t, files...) {
		if !run.play(t, l, c) {
			return l.String()
		}
	}
	stage.Bubble(t, l, func() {
		for _, rule := range declared.Rules {
			rule.Hold(run.trial(), l)
		}
	})
	return l.String()
}

func TestFaultyNetworksOfLinesAreCaught(t *testing.T) {
	for name, test := range map[string]struct {
		fault func(*lineSender)
		want  string
	}{
		"none":                                  {func(*lineSender) {}, ""},
		"a lost connection that is tried again": {func(s *lineSender) { s.lost = outcome.Temporary(why("lost"), nil) }, "a lost answer is retry"},
		"a lost connection that is waited for":  {func(s *lineSender) { s.slow = true }, "the network's code waits for 10s by itself"},
		"an acknowledgement of what is not stored": {func(s *lineSender) { s.proud = true },
			"tells the network of what could not be stored what it tells of what is stored: ACK 7"},
		"a panic on another answer":       {func(s *lineSender) { s.bold = true }, "index out of range"},
		"the network's own words":         {func(s *lineSender) { s.loud = true }, "with an answer that quotes: the error"},
		"a Listen without its context":    {func(s *lineSender) { s.deaf = true }, "Listen does not end with its context"},
		"a send that nobody hears beside": {nil, "message.json (1): request 1 was not made"},
	} {
		t.Run(name, func(t *testing.T) {
			k, fault := lineKit, test.fault
			if fault == nil {
				k.Duplex, fault = false, func(*lineSender) {}
			}
			got := k.heardOf(t, lineNetwork(fault))
			if !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}

// An answer that the codec cannot say is a mistake of the conversation.
func TestAnAnswerThatCannotBeSaidIsReported(t *testing.T) {
	k := lineKit
	k.Peer = func(c net.Conn) Peer { return mute{Lines(false)(c)} }
	if got, want := k.heardOf(t, lineNetwork(func(*lineSender) {})), "an answer cannot be said: it has no words"; !strings.Contains(got, want) {
		t.Errorf("the kit says %q, want %q", got, want)
	}
}

// mute is a peer that has no words.
type mute struct{ Peer }

func (mute) Write(string) error { return errors.New("it has no words") }
