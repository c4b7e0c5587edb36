package pdu

// Address is where a message is from or for, with its type of number and its numbering plan (5.2.5, 5.2.6).
type Address struct {
	TON, NPI byte
	Number   string
}

func (c *cursor) address() Address { return Address{c.octet(), c.octet(), c.text()} }

func appendAddress(b []byte, a Address) []byte { return cString(append(b, a.TON, a.NPI), a.Number) }

// Bind is the body of a request to bind (4.1).
type Bind struct {
	SystemID, Password, SystemType string
	Version                        byte
	// Range are the addresses that are served.
	Range Address
}

// Version is that of SMPP 3.4, as a bind says it.
const Version = 0x34

// Bytes is the body.
func (b Bind) Bytes() []byte {
	out := cString(cString(cString(nil, b.SystemID), b.Password), b.SystemType)
	return appendAddress(append(out, b.Version), b.Range)
}

// ParseBind reads the body of a request to bind.
func ParseBind(body []byte) (b Bind, err error) {
	c := cursor{rest: body}
	b.SystemID, b.Password, b.SystemType, b.Version, b.Range = c.text(), c.text(), c.text(), c.octet(), c.address()
	return b, c.err
}

// Message is the body of a submit_sm or a deliver_sm (4.4.1, 4.6.1).
type Message struct {
	ServiceType         string
	Source, Destination Address
	ESMClass            byte
	Protocol, Priority  byte
	Schedule, Validity  string
	Registered, Replace byte
	DataCoding          byte
	DefaultID           byte
	// Short is the short_message, at most 254 octets.
	Short []byte
	TLVs  TLVs
}

// Bits of [Message].ESMClass (5.2.12).
const (
	// TypeMask holds what a message is: 0 for an ordinary one, [TypeReceipt] for a delivery receipt.
	TypeMask         = 0x3c
	TypeReceipt      = 0x04
	TypeIntermediate = 0x20
	// HasUDH says that the text begins with a header of its own.
	HasUDH = 0x40
)

// Bytes is the body. More than 254 octets of Short are cut off: they have no place.
func (m Message) Bytes() []byte {
	b := cString(nil, m.ServiceType)
	b = appendAddress(appendAddress(b, m.Source), m.Destination)
	b = append(b, m.ESMClass, m.Protocol, m.Priority)
	b = cString(cString(b, m.Schedule), m.Validity)
	short := m.Short[:min(len(m.Short), 254)]
	b = append(b, m.Registered, m.Replace, m.DataCoding, m.DefaultID, byte(len(short)))
	return appendTLVs(append(b, short...), m.TLVs)
}

// ParseMessage reads the body of a submit_sm or a deliver_sm.
func ParseMessage(body []byte) (m Message, err error) {
	c := cursor{rest: body}
	m.ServiceType, m.Source, m.Destination = c.text(), c.address(), c.address()
	m.ESMClass, m.Protocol, m.Priority, m.Schedule, m.Validity = c.octet(), c.octet(), c.octet(), c.text(), c.text()
	m.Registered, m.Replace, m.DataCoding, m.DefaultID = c.octet(), c.octet(), c.octet(), c.octet()
	m.Short = c.octets(int(c.octet()))
	m.TLVs = c.tlvs()
	return m, c.err
}

// Text are the octets of the message: its payload, or its short_message.
func (m Message) Text() []byte {
	if payload, ok := m.TLVs.Find(MessagePayload); ok {
		return payload
	}
	return m.Short
}

// Answer is the body of an answer to a bind, a submit_sm or a deliver_sm: the system's id, or that of the message.
type Answer struct {
	ID   string
	TLVs TLVs
}

// Bytes is the body.
func (a Answer) Bytes() []byte { return appendTLVs(cString(nil, a.ID), a.TLVs) }

// ParseAnswer reads the body of an answer. A refusal may have none.
func ParseAnswer(body []byte) (a Answer, err error) {
	if len(body) == 0 {
		return a, nil
	}
	c := cursor{rest: body}
	a.ID, a.TLVs = c.text(), c.tlvs()
	return a, c.err
}
