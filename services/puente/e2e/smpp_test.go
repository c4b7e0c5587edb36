package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
)

// shortCode is a channel with a short code of its own; all have one login.
type shortCode struct{ channel, token, number string }

var shortCodes = []shortCode{{"A", tokenA, "62626"}, {"B", tokenB, "62627"}}

// smsPhones are who writes and is written to, and by which channel.
var smsPhones = map[string]shortCode{"34600111222": shortCodes[0], "34600111333": shortCodes[1], "34600111444": shortCodes[1]}

// channels is the configuration of the codes.
func (s *smsc) channels(p *platform) (text string) {
	for _, c := range shortCodes {
		text += fmt.Sprintf(`
  - id: %s
    network: smpp
    contact_id: phone
    platform: {webhook_url: "%s/%s", api_token: %q}
    account: {url: "smpp://%s", system_id: acme, password: s3cret, source: "%s", country_code: "34"}
`, c.channel, p.URL, c.channel, c.token, s.listener.Addr(), c.number)
	}
	return text
}

// smsTraffic is what was sent both ways over an SMSC, the same number for each phone.
type smsTraffic struct {
	*bridge
	smsc *smsc
	each int
	ids  []string
}

// round sends a text to each phone, and has each write one.
func (s *smsTraffic) round() {
	s.t.Helper()
	for phone, c := range smsPhones {
		body := map[string]any{"channelId": c.channel, "contactId": "+" + phone, "message": map[string]any{"type": "text", "text": fmt.Sprintf("%s %02d", marker, s.each)}}
		var a answer
		eventually(s.t, "it is taken", func() bool { a = s.send("Bearer "+c.token, body); return a.mID != "" })
		s.ids = append(s.ids, a.mID)
		s.smsc.hears(phone, c.number, fmt.Sprintf("eco %02d", s.each))
	}
	s.each++
}

// delivered waits until all that was sent so far is.
func (s *smsTraffic) delivered() {
	s.t.Helper()
	for _, id := range s.ids {
		eventually(s.t, "it is delivered", func() bool {
			all := s.platform.statuses(id)
			return len(all) > 0 && all[len(all)-1] == "delivered"
		})
	}
}

// judge waits until all has arrived: no text is lost, out of order or at the other channel, at most so many came twice, and one bind at
// a time was open.
func (s *smsTraffic) judge(twice int) {
	s.t.Helper()
	s.delivered()
	doubled := 0
	var want []string
	for i := range s.each {
		want = append(want, fmt.Sprintf("%s %02d", marker, i))
	}
	for phone, c := range smsPhones {
		got, from := s.smsc.sent(phone)
		doubled += len(got) - len(want)
		if once := slices.Compact(slices.Clone(got)); !slices.Equal(once, want) {
			s.t.Errorf("the phone has %v", got)
		}
		if !slices.Equal(from, []string{c.number}) {
			s.t.Errorf("its messages are from %q, want %s", from, c.number)
		}
		heard := func() []string { return unique(eventTexts(s.platform.messages(c.channel, "+"+phone))) }
		eventually(s.t, "the platform has what it wrote", func() bool { return len(heard()) == s.each })
		if got := heard(); !slices.IsSorted(got) {
			s.t.Errorf("the platform has %v", got)
		}
	}
	if doubled > twice {
		s.t.Errorf("%d messages were sent twice, at most %d may be", doubled, twice)
	}
	s.smsc.mu.Lock()
	defer s.smsc.mu.Unlock()
	if s.smsc.most != 1 {
		s.t.Errorf("%d binds at once", s.smsc.most)
	}
	if log := s.log(); strings.Contains(log, "s3cret") || strings.Contains(log, marker) || strings.Contains(log, "600111222") {
		s.t.Error("the log holds a credential, a text or a number")
	}
}

// TestSMSOverABindThatDies: texts both ways of two channels over one bind, with receipts, through kill -9 of the program and a stop.
// Only what was unanswered when it died may come twice.
func TestSMSOverABindThatDies(t *testing.T) {
	t.Parallel()
	s := newSMSC(t)
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA, "B": tokenB})}
	br.program = start(t, s.channels(br.platform))
	traffic := &smsTraffic{bridge: br, smsc: s}
	const each = 20
	for i := range each {
		traffic.round()
		switch i {
		case each / 3:
			br.signal(syscall.SIGKILL)
			br.run()
		case 2 * each / 3:
			if status := br.signal(syscall.SIGTERM); status != 0 {
				t.Errorf("the program ended with %d", status)
			}
			br.run()
		}
	}
	traffic.judge(len(smsPhones))
}

// TestABindGoesFromProcessToProcess: two processes could hold the bind of a login that two channels share. It goes over whole, and no
// other is there besides, when one of them is stopped, comes back, and is killed. What is sent and heard meanwhile is neither lost, nor
// out of order, nor at the other channel; only the kill may double something.
func TestABindGoesFromProcessToProcess(t *testing.T) {
	t.Parallel()
	server := bustest.StartEmpty(t)
	s := newSMSC(t)
	far := newPlatform(t, map[string]string{"A": tokenA, "B": tokenB})
	public := freePort(t)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	text := fmt.Sprintf("public_url: http://%s\nnats: {url: %q}\nlog: {level: debug, format: json}\nchannels:\n%s", public, server.URL(), s.channels(far))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "apply", "-f", file).CombinedOutput(); err != nil {
		t.Fatalf("apply: %v\n%s", err, out)
	}
	br := &bridge{platform: far, program: &program{t: t, url: "http://" + public}}
	launch := func(service string) *process {
		internal := freePort(t)
		args := []string{"process", "service", service, "-f", file, "--internal", internal}
		if service == "ingress" {
			args = append(args, "--listen", public)
		}
		p := launchProcess(t, binary, "http://"+internal, args...)
		p.ready(service)
		br.runs = append(br.runs, p)
		return p
	}
	for _, service := range []string{"ingress", "translator", "egress-bonychat"} {
		launch(service)
	}
	traffic := &smsTraffic{bridge: br, smsc: s}
	rounds := func(n int) {
		for range n {
			traffic.round()
		}
	}
	stays := launch("egress-smpp")
	rounds(3)
	for range 2 { // whoever has been there for longer stops while both work
		goes := stays
		stays = launch("egress-smpp")
		rounds(3)
		if status := goes.stop(syscall.SIGTERM); status != 0 {
			t.Errorf("it ended with %d", status)
		}
		rounds(3)
		traffic.delivered() // by the one that is left
	}
	other := launch("egress-smpp")
	rounds(3)
	stays.stop(syscall.SIGKILL)
	rounds(3)
	traffic.delivered()
	if status := other.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("it ended with %d", status)
	}
	launch("egress-smpp")
	rounds(3)
	traffic.judge(len(smsPhones))
}

// unique are the texts without repeats, in the order in which each came first.
func unique(texts []string) (all []string) {
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
