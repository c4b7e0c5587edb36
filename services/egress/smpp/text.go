package smpp

import (
	"encoding/binary"
	"hash/fnv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/gsm7"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Values of data_coding (5.2.19).
const (
	codingDefault = 0x00
	codingASCII   = 0x01
	codingLatin1  = 0x03
	codingUCS2    = 0x08
)

// coded is a text in octets.
type coded struct {
	coding byte
	octets []byte
	// single is how many octets one SMS holds, each how many each of several holds. 3GPP TS 23.040, 9.2.3.24.1
	single, each int
	// within says that a part must not end before this octet.
	within func(octets []byte, at int) bool
}

// encode writes a text in the SMSC's default alphabet, or where a character has no place there in UCS-2.
func encode(text, alphabet string) coded {
	if alphabet == latin1 {
		if octets, ok := toLatin1(text); ok {
			return coded{codingDefault, octets, 160, 153, func([]byte, int) bool { return false }}
		}
	} else if octets, ok := gsm7.Encode(text); ok {
		return coded{codingDefault, octets, 160, 153, func(o []byte, at int) bool { return o[at-1] == 0x1b }}
	}
	var octets []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		octets = binary.BigEndian.AppendUint16(octets, unit)
	}
	// a character of two units stays whole
	return coded{codingUCS2, octets, 140, 134, func(o []byte, at int) bool { return o[at]&0xfc == 0xdc }}
}

// toLatin1 is a text in ISO 8859-1.
func toLatin1(text string) ([]byte, bool) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff || r == utf8.RuneError {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}

// parts cuts a text that one SMS does not hold.
func (c coded) parts() (all [][]byte) {
	rest := c.octets
	if len(rest) <= c.single {
		return [][]byte{rest}
	}
	for len(rest) > c.each {
		at := c.each
		if c.within(rest, at) {
			at -= 1 + int(c.coding)/codingUCS2 // an escape's octet, or a unit's two
		}
		all, rest = append(all, rest[:at]), rest[at:]
	}
	return append(all, rest)
}

// header is what each of several parts begins with, so that the phone joins them: the reference is the same in all parts of
// a message and for every try, so that a part that came twice is one.
func header(key string, total, index int) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	return []byte{5, 0, 3, byte(h.Sum32()), byte(total), byte(index)}
}

// messages are the submit_sm that a text goes as. A receipt is asked for once: with the last.
func (a Account) messages(to, text, key string) []pdu.Message {
	c := encode(text, a.DefaultAlphabet)
	like := pdu.Message{Source: a.from(), Destination: a.to(to), DataCoding: c.coding}
	parts := c.parts()
	if len(parts) > 1 && a.Long == byPayload {
		like.TLVs, like.Registered = pdu.TLVs{{Tag: pdu.MessagePayload, Value: c.octets}}, 1
		return []pdu.Message{like}
	}
	all := make([]pdu.Message, 0, len(parts))
	for i, part := range parts {
		one := like
		one.Short = part
		if len(parts) > 1 {
			one.ESMClass, one.Short = pdu.HasUDH, append(header(key, len(parts), i+1), part...)
		}
		if i == len(parts)-1 {
			one.Registered = 1
		}
		all = append(all, one)
	}
	return all
}
