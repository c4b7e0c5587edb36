package pdu

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// ErrBody is what a body is that ends within a field.
var ErrBody = errors.New("the body of a PDU breaks off")

// cursor reads the fields of a body, one after the other. After an error it reads nothing more.
type cursor struct {
	rest []byte
	err  error
}

// text reads a C-octet string.
func (c *cursor) text() string {
	end := bytes.IndexByte(c.rest, 0)
	if c.err != nil || end < 0 {
		c.err = ErrBody
		return ""
	}
	s := string(c.rest[:end])
	c.rest = c.rest[end+1:]
	return s
}

func (c *cursor) octet() byte {
	b := c.octets(1)
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func (c *cursor) octets(n int) []byte {
	if c.err != nil || n > len(c.rest) {
		c.err = ErrBody
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

// cString is a text as a field: what stands before a NUL in it, and a NUL.
func cString(b []byte, text string) []byte {
	if end := bytes.IndexByte([]byte(text), 0); end >= 0 {
		text = text[:end]
	}
	return append(append(b, text...), 0)
}

// Tag is that of an optional parameter (5.3.2).
type Tag uint16

// The optional parameters that mean something here.
const (
	ReceiptedMessageID Tag = 0x001e
	SARReference       Tag = 0x020c
	SARTotal           Tag = 0x020e
	SARNumber          Tag = 0x020f
	MessagePayload     Tag = 0x0424
	MessageState       Tag = 0x0427
)

// TLV is an optional parameter.
type TLV struct {
	Tag   Tag
	Value []byte
}

// TLVs are the optional parameters of a PDU, in their order.
type TLVs []TLV

// Find is the value of the first with a tag.
func (all TLVs) Find(tag Tag) ([]byte, bool) {
	for _, t := range all {
		if t.Tag == tag {
			return t.Value, true
		}
	}
	return nil, false
}

// Text is a value that is a C-octet string, with or without its NUL; "" for none.
func (all TLVs) Text(tag Tag) string {
	v, _ := all.Find(tag)
	v, _, _ = bytes.Cut(v, []byte{0})
	return string(v)
}

// Number is a value that is a number of one or two octets.
func (all TLVs) Number(tag Tag) (n int, ok bool) {
	switch v, _ := all.Find(tag); len(v) {
	case 1:
		return int(v[0]), true
	case 2:
		return int(binary.BigEndian.Uint16(v)), true
	default:
		return 0, false
	}
}

func (c *cursor) tlvs() (all TLVs) {
	for c.err == nil && len(c.rest) > 0 {
		head := c.octets(4)
		if c.err != nil {
			break
		}
		v := c.octets(int(binary.BigEndian.Uint16(head[2:])))
		if c.err == nil {
			all = append(all, TLV{Tag(binary.BigEndian.Uint16(head)), v})
		}
	}
	return all
}

func appendTLVs(b []byte, all TLVs) []byte {
	for _, t := range all {
		b = binary.BigEndian.AppendUint16(b, uint16(t.Tag))
		b = binary.BigEndian.AppendUint16(b, uint16(len(t.Value)))
		b = append(b, t.Value...)
	}
	return b
}
