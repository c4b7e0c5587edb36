package e2e_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// smsc is an SMSC that speaks by a codec nobody here wrote. It takes every message. Receipts and what phones write it says one after
// the other, each until it is acknowledged: over another connection where the one before has ended.
type smsc struct {
	t        *testing.T
	listener net.Listener

	mu    sync.Mutex
	taken []submitted
	// open are the connections that are bound; most is how many there were at once.
	open map[net.Conn]bool
	most int
	next int32
	// unheard are receipts and texts of phones that were not acknowledged yet.
	unheard []*spoken
}

type submitted struct{ phone, code, text string }

// spoken is a receipt, of class 4, or what a phone wrote, to a short code. It is under way on one connection at a time.
type spoken struct {
	phone, code, text string
	class             byte
	number            int32
	on                net.Conn
}

func newSMSC(t *testing.T) *smsc {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smsc{t: t, listener: l, open: map[net.Conn]bool{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for c := range s.open {
			c.Close()
		}
		s.mu.Unlock()
		serving.Wait()
	})
	return s
}

// serve is one connection.
func (s *smsc) serve(c net.Conn) {
	defer func() {
		c.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, c)
	}()
	var again sync.WaitGroup
	defer again.Wait()
	for {
		p, err := pdu.Parse(c)
		if err != nil {
			return
		}
		s.mu.Lock()
		switch p := p.(type) {
		case *pdu.BindRequest:
			s.open[c] = true
			s.most = max(s.most, len(s.open))
			write(c, p.GetResponse())
			s.say()
		case *pdu.SubmitSM:
			text, _ := p.Message.GetMessage()
			s.taken = append(s.taken, submitted{p.DestAddr.Address(), p.SourceAddr.Address(), text})
			id := fmt.Sprint("id", len(s.taken))
			answer := p.GetResponse().(*pdu.SubmitSMResp)
			answer.MessageID = id
			write(c, answer)
			receipt := "id:" + id + " sub:001 dlvrd:001 submit date:2611290500 done date:2611290500 stat:DELIVRD err:000 text:"
			s.unheard = append(s.unheard, &spoken{phone: p.DestAddr.Address(), code: p.SourceAddr.Address(), text: receipt, class: 4})
			s.say()
		case *pdu.DeliverSMResp:
			answered := func(m *spoken) bool { return m.number == p.GetSequenceNumber() && m.on == c }
			if p.CommandStatus == data.ESME_ROK {
				s.unheard = slices.DeleteFunc(s.unheard, answered)
				s.say()
				break
			}
			again.Go(func() { s.sayAgain(answered) })
		default:
			if p.CanResponse() {
				write(c, p.GetResponse())
			}
		}
		s.mu.Unlock()
	}
}

// say sends the first that was not acknowledged, where none is under way. The lock is held.
func (s *smsc) say() {
	if len(s.unheard) == 0 || s.open[s.unheard[0].on] {
		return
	}
	for c := range s.open {
		m := s.unheard[0]
		s.next++
		m.number, m.on = s.next, c
		write(c, delivery(m.phone, m.code, m.text, m.class, m.number))
		return
	}
}

// sayAgain says what was refused for now once more, a moment later.
func (s *smsc) sayAgain(refused func(*spoken) bool) {
	time.Sleep(20 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.unheard {
		if refused(m) {
			m.on = nil
		}
	}
	s.say()
}

// hears is what a phone writes to a short code.
func (s *smsc) hears(phone, code, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unheard = append(s.unheard, &spoken{phone: phone, code: code, text: text})
	s.say()
}

// sent are the texts that a phone was sent, in order, and from which short codes.
func (s *smsc) sent(phone string) (all, codes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.taken {
		if m.phone == phone {
			all, codes = append(all, m.text), append(codes, m.code)
		}
	}
	return all, unique(codes)
}

func delivery(phone, code, text string, class byte, number int32) pdu.PDU {
	d := pdu.NewDeliverSM().(*pdu.DeliverSM)
	d.SetSequenceNumber(number)
	d.SourceAddr.SetTon(1)
	d.SourceAddr.SetNpi(1)
	_ = d.SourceAddr.SetAddress(phone)
	_ = d.DestAddr.SetAddress(code)
	d.EsmClass = class
	_ = d.Message.SetMessageWithEncoding(text, data.GSM7BIT)
	return d
}

func write(c net.Conn, p pdu.PDU) {
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	_, _ = c.Write(b.Bytes())
}

// TestSMSOverABindThatDies: texts both ways of two channels over one bind, with receipts, through kill -9 of the program and a stop. No
// text is lost, out of order or at the other channel; only what was unanswered when it died may come twice; one bind at a time is open.
func TestSMSOverABindThatDies(t *testing.T) {
	t.Parallel()
	s := newSMSC(t)
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA, "B": tokenB})}
	type line struct{ channel, token, code string }
	a, b, channels := line{"A", tokenA, "62626"}, line{"B", tokenB, "62627"}, ""
	for _, l := range []line{a, b} {
		channels += fmt.Sprintf(`
  - id: %s
    network: smpp
    contact_id: phone
    platform: {webhook_url: "%s/%s", api_token: %q}
    account: {url: "smpp://%s", system_id: acme, password: s3cret, source: "%s", country_code: "34"}
`, l.channel, br.platform.URL, l.channel, l.token, s.listener.Addr(), l.code)
	}
	br.program = start(t, channels)
	const each = 20
	phones := []string{"34600111222", "34600111333", "34600111444"}
	lines := map[string]line{phones[0]: a, phones[1]: b, phones[2]: b}
	var ids []string
	for i := range each {
		for _, phone := range phones {
			l := lines[phone]
			body := map[string]any{"channelId": l.channel, "contactId": "+" + phone, "message": map[string]any{"type": "text", "text": fmt.Sprintf("%s %02d", marker, i)}}
			var a answer
			eventually(t, 30*time.Second, "it is taken", func() bool { a = br.send("Bearer "+l.token, body); return a.mID != "" })
			ids = append(ids, a.mID)
			s.hears(phone, l.code, fmt.Sprintf("eco %02d", i))
		}
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
	for _, id := range ids {
		eventually(t, 60*time.Second, "it is delivered", func() bool {
			all := br.platform.statuses(id)
			return len(all) > 0 && all[len(all)-1] == "delivered"
		})
	}
	doubled := 0
	for _, phone := range phones {
		var want []string
		for i := range each {
			want = append(want, fmt.Sprintf("%s %02d", marker, i))
		}
		l := lines[phone]
		got, codes := s.sent(phone)
		doubled += len(got) - len(want)
		if once := slices.Compact(slices.Clone(got)); !slices.Equal(once, want) {
			t.Errorf("the phone has %v", got)
		}
		if !slices.Equal(codes, []string{l.code}) {
			t.Errorf("its messages are from %q, want %s", codes, l.code)
		}
		eventually(t, 60*time.Second, "the platform has what it wrote", func() bool { return len(unique(eventTexts(br.platform.messages(l.channel, "+"+phone)))) == each })
		if got := unique(eventTexts(br.platform.messages(l.channel, "+"+phone))); !slices.IsSorted(got) {
			t.Errorf("the platform has %v", got)
		}
	}
	if doubled > len(phones) {
		t.Errorf("%d messages were sent twice, at one kill with one for each of %d contacts under way", doubled, len(phones))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most != 1 {
		t.Errorf("%d binds at once", s.most)
	}
	if strings.Contains(br.log(), "s3cret") || strings.Contains(br.log(), marker) || strings.Contains(br.log(), phones[0]) {
		t.Error("the log holds a credential, a text or a number")
	}
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
