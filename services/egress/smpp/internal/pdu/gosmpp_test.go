package pdu_test

import (
	"bytes"
	"testing"

	"github.com/linxGnu/gosmpp/data"
	foreign "github.com/linxGnu/gosmpp/pdu"

	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// What is written here is read by a codec that nobody here wrote.
func TestGosmppReadsWhatIsWritten(t *testing.T) {
	text, err := data.GSM7BIT.Encode("Mañana: 5 €")
	if err != nil {
		t.Fatal(err)
	}
	m := pdu.Message{
		Source: pdu.Address{TON: 3, NPI: 0, Number: "62626"}, Destination: pdu.Address{TON: 1, NPI: 1, Number: "34600111222"},
		Registered: 1, Short: text, TLVs: pdu.TLVs{{Tag: pdu.SARTotal, Value: []byte{2}}},
	}
	got, err := foreign.Parse(bytes.NewReader(pdu.PDU{Command: pdu.SubmitSM, Sequence: 7, Body: m.Bytes()}.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := got.(*foreign.SubmitSM)
	if !ok || s.GetSequenceNumber() != 7 {
		t.Fatalf("%T", got)
	}
	said, err := s.Message.GetMessage()
	if err != nil || said != "Mañana: 5 €" || s.RegisteredDelivery != 1 {
		t.Errorf("%q, %d: %v", said, s.RegisteredDelivery, err)
	}
	if at := s.SourceAddr; at.Ton() != 3 || at.Npi() != 0 || at.Address() != "62626" {
		t.Errorf("from %+v", at)
	}
	if at := s.DestAddr; at.Ton() != 1 || at.Npi() != 1 || at.Address() != "34600111222" {
		t.Errorf("to %+v", at)
	}
	bind := pdu.Bind{SystemID: "acme", Password: "s3cret", SystemType: "VMA", Version: pdu.Version}
	got, err = foreign.Parse(bytes.NewReader(pdu.PDU{Command: pdu.BindTransceiver, Sequence: 1, Body: bind.Bytes()}.Bytes()))
	if b, ok := got.(*foreign.BindRequest); err != nil || !ok || b.SystemID != "acme" || b.Password != "s3cret" || b.SystemType != "VMA" || b.BindingType != foreign.Transceiver {
		t.Errorf("%+v: %v", got, err)
	}
}

// What such a codec writes is read here.
func TestWhatGosmppWritesIsRead(t *testing.T) {
	d := foreign.NewDeliverSM().(*foreign.DeliverSM)
	d.SourceAddr, d.DestAddr = foreign.NewAddress(), foreign.NewAddress()
	d.SourceAddr.SetTon(1)
	if err := d.SourceAddr.SetAddress("34600111222"); err != nil {
		t.Fatal(err)
	}
	if err := d.DestAddr.SetAddress("62626"); err != nil {
		t.Fatal(err)
	}
	if err := d.Message.SetMessageWithEncoding("Спасибо", data.UCS2); err != nil {
		t.Fatal(err)
	}
	d.EsmClass = 4
	d.RegisterOptionalParam(foreign.Field{Tag: foreign.TagReceiptedMessageID, Data: []byte("7A01\x00")})
	d.RegisterOptionalParam(foreign.Field{Tag: foreign.TagMessageStateOption, Data: []byte{2}})
	d.SetSequenceNumber(9)
	buf := foreign.NewBuffer(nil)
	d.Marshal(buf)
	p, err := pdu.Read(bytes.NewReader(buf.Bytes()))
	if err != nil || p.Command != pdu.DeliverSM || p.Sequence != 9 {
		t.Fatalf("%+v: %v", p, err)
	}
	m, err := pdu.ParseMessage(p.Body)
	state, _ := m.TLVs.Number(pdu.MessageState)
	if err != nil || m.Source.TON != 1 || m.Source.Number != "34600111222" || m.Destination.Number != "62626" || m.ESMClass != 4 || m.DataCoding != 8 ||
		string(m.Short) != "\x04\x21\x04\x3f\x04\x30\x04\x41\x04\x38\x04\x31\x04\x3e" || m.TLVs.Text(pdu.ReceiptedMessageID) != "7A01" || state != 2 {
		t.Errorf("%+v: %v", m, err)
	}
	resp := d.GetResponse()
	buf = foreign.NewBuffer(nil)
	resp.Marshal(buf)
	if p, err = pdu.Read(bytes.NewReader(buf.Bytes())); err != nil || p.Command != pdu.DeliverSM.Response() {
		t.Errorf("%+v: %v", p, err)
	}
	if _, err := pdu.ParseAnswer(p.Body); err != nil {
		t.Error(err)
	}
}
