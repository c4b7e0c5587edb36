// Package pdu reads and writes the PDUs of SMPP 3.4, as far as somebody who sends and receives short messages needs them:
// https://smpp.org/SMPP_v3_4_Issue1_2.pdf. Whoever reads from a stranger can: nothing panics, and lengths are bounded.
//
// Sessions, windows and what a text is encoded in are not its job.
package pdu

import (
	"encoding/binary"
	"errors"
	"io"
)

// Command says what a PDU is (5.1.2.1).
type Command uint32

// The commands; that of an answer has the highest bit.
const (
	GenericNack     Command = 0x80000000
	BindReceiver    Command = 0x00000001
	BindTransmitter Command = 0x00000002
	BindTransceiver Command = 0x00000009
	SubmitSM        Command = 0x00000004
	DeliverSM       Command = 0x00000005
	Unbind          Command = 0x00000006
	EnquireLink     Command = 0x00000015
)

// Response is the command that answers c.
func (c Command) Response() Command { return c | GenericNack }

// IsResponse says that it answers one.
func (c Command) IsResponse() bool { return c&GenericNack != 0 }

var names = map[Command]string{
	GenericNack: "generic_nack", BindReceiver: "bind_receiver", BindTransmitter: "bind_transmitter",
	BindTransceiver: "bind_transceiver", SubmitSM: "submit_sm", DeliverSM: "deliver_sm", Unbind: "unbind", EnquireLink: "enquire_link",
}

// String is the command as the specification writes it, "" for one that is not known here.
func (c Command) String() string {
	if c == GenericNack || !c.IsResponse() {
		return names[c]
	}
	if of := names[c&^GenericNack]; of != "" {
		return of + "_resp"
	}
	return ""
}

// PDU is one, its body not yet taken apart.
type PDU struct {
	Command  Command
	Status   Status
	Sequence uint32
	Body     []byte
}

// headerLength is that of the header, maxLength the longest PDU that is read: a message_payload of 64 kB, and room beside it.
const headerLength, maxLength = 16, 72 << 10

// ErrLength is what no PDU's length can be: what comes is not SMPP, or out of step.
var ErrLength = errors.New("the length of a PDU is none")

// Read reads one PDU.
func Read(r io.Reader) (PDU, error) {
	var head [headerLength]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return PDU{}, err
	}
	length := binary.BigEndian.Uint32(head[0:])
	if length < headerLength || length > maxLength {
		return PDU{}, ErrLength
	}
	p := PDU{
		Command: Command(binary.BigEndian.Uint32(head[4:])), Status: Status(binary.BigEndian.Uint32(head[8:])),
		Sequence: binary.BigEndian.Uint32(head[12:]), Body: make([]byte, length-headerLength),
	}
	if _, err := io.ReadFull(r, p.Body); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return PDU{}, err
	}
	return p, nil
}

// Bytes are what is written.
func (p PDU) Bytes() []byte {
	b := make([]byte, 0, headerLength+len(p.Body))
	b = binary.BigEndian.AppendUint32(b, uint32(headerLength+len(p.Body)))
	b = binary.BigEndian.AppendUint32(b, uint32(p.Command))
	b = binary.BigEndian.AppendUint32(b, uint32(p.Status))
	b = binary.BigEndian.AppendUint32(b, p.Sequence)
	return append(b, p.Body...)
}
