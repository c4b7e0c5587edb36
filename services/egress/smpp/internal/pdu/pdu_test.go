package pdu_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// The bytes are those of the specification's example of a bind_transmitter (3.2.3), and of fields that stand where 4.4.1 has them.
func TestPDUsAreTheBytesOfTheSpecification(t *testing.T) {
	bind := pdu.PDU{Command: pdu.BindTransmitter, Sequence: 1, Body: pdu.Bind{
		SystemID: "SMPP3TEST", Password: "secret08", SystemType: "SUBMIT1", Version: 0x00, Range: pdu.Address{TON: 1, NPI: 1},
	}.Bytes()}
	want := []byte("\x00\x00\x00\x2f\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01SMPP3TEST\x00secret08\x00SUBMIT1\x00\x00\x01\x01\x00")
	if diff := cmp.Diff(want, bind.Bytes()); diff != "" {
		t.Error(diff)
	}
	m := pdu.Message{
		Source: pdu.Address{TON: 3, NPI: 0, Number: "626"}, Destination: pdu.Address{TON: 1, NPI: 1, Number: "346"}, ESMClass: 0x40, Registered: 1,
		DataCoding: 8, Short: []byte{0, 0x41}, TLVs: pdu.TLVs{{Tag: pdu.MessageState, Value: []byte{2}}},
	}
	want = []byte("\x00\x03\x00626\x00\x01\x01346\x00\x40\x00\x00\x00\x00\x01\x00\x08\x00\x02\x00A\x04\x27\x00\x01\x02")
	if diff := cmp.Diff(want, m.Bytes()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatBreaksOffIsAnError(t *testing.T) {
	whole := pdu.PDU{Command: pdu.SubmitSM, Sequence: 7, Body: pdu.Message{Short: []byte("hello"), TLVs: pdu.TLVs{{Tag: 1, Value: []byte("x")}}}.Bytes()}.Bytes()
	for n := range whole {
		_, err := pdu.Read(bytes.NewReader(whole[:n]))
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		if !errors.Is(err, want) {
			t.Errorf("%d of %d octets: %v", n, len(whole), err)
		}
	}
	for _, length := range []string{"\x00\x00\x00\x0f", "\x00\x01\x20\x01", "HTTP"} {
		if _, err := pdu.Read(bytes.NewReader([]byte(length + "            "))); !errors.Is(err, pdu.ErrLength) {
			t.Errorf("length %q: %v", length, err)
		}
	}
	body := whole[16:]
	ends := map[int]bool{len(body) - 5: true, len(body): true} // after the text, and after the parameter
	for n := range len(body) + 1 {
		if _, err := pdu.ParseMessage(body[:n]); (err == nil) != ends[n] {
			t.Errorf("a body of %d octets: %v", n, err)
		}
	}
	if _, err := pdu.ParseAnswer(nil); err != nil {
		t.Errorf("a refusal without a body: %v", err)
	}
	if _, err := pdu.ParseAnswer([]byte("no end")); err == nil {
		t.Error("an id without an end is read")
	}
}

func TestATextHasNoRoomForWhatTheFieldCannotHold(t *testing.T) {
	m, err := pdu.ParseMessage(pdu.Message{Source: pdu.Address{Number: "34\x00600"}, Short: bytes.Repeat([]byte{'x'}, 300)}.Bytes())
	if err != nil || m.Source.Number != "34" || len(m.Short) != 254 {
		t.Errorf("%q, %d octets: %v", m.Source.Number, len(m.Short), err)
	}
}

// FuzzRead: nothing panics, and what is read is written as it came.
func FuzzRead(f *testing.F) {
	f.Add(pdu.PDU{Command: pdu.DeliverSM, Sequence: 1, Body: pdu.Message{Short: []byte("x"), TLVs: pdu.TLVs{{Tag: pdu.MessagePayload, Value: []byte("y")}}}.Bytes()}.Bytes())
	f.Add(pdu.PDU{Command: pdu.BindTransceiver, Sequence: 2, Body: pdu.Bind{SystemID: "a", Password: "b"}.Bytes()}.Bytes())
	f.Add(pdu.PDU{Command: pdu.SubmitSM.Response(), Sequence: 3, Body: pdu.Answer{ID: "7"}.Bytes()}.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := pdu.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		if again := p.Bytes(); !bytes.Equal(again, data[:len(again)]) {
			t.Errorf("% x is written as % x", data, again)
		}
		if m, err := pdu.ParseMessage(p.Body); err == nil && len(m.Short) < 255 && !bytes.Equal(m.Bytes(), p.Body) {
			t.Errorf("a message of % x is written as % x", p.Body, m.Bytes())
		}
		if b, err := pdu.ParseBind(p.Body); err == nil && !bytes.HasPrefix(p.Body, b.Bytes()) {
			t.Errorf("a bind of % x is written as % x", p.Body, b.Bytes())
		}
		if a, err := pdu.ParseAnswer(p.Body); err == nil && len(p.Body) > 0 && !bytes.Equal(a.Bytes(), p.Body) {
			t.Errorf("an answer of % x is written as % x", p.Body, a.Bytes())
		}
		_ = p.Command.String()
	})
}
