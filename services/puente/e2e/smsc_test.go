package e2e_test

import (
	"fmt"
	"net"
	"slices"
	"sync"
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
