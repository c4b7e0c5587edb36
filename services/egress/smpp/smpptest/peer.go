package smpptest

import (
	"errors"
	"fmt"
	"net"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/bonychat/puente/pkg/gsm7"
	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Peer shows PDUs as text for the kit's conversations: the name of the command, then a line for each field. An answer to the request
// before it is "answer", with a status where it refuses: "answer 0x58". What the SMSC says by itself has its name.
func Peer(c net.Conn) providertest.Peer { return &peer{conn: c} }

type peer struct {
	conn net.Conn
	last pdu.PDU // the request that is answered
	next uint32  // the number of the SMSC's own requests
	held string  // the parts of a long message so far, as a phone has them
}

// Read implements [providertest.Peer]. Whether the SMSC is there, and that the bridge takes leave, is answered and not shown.
func (p *peer) Read() (string, error) {
	for {
		got, err := pdu.Read(p.conn)
		if err != nil {
			return "", err
		}
		if got.Command == pdu.EnquireLink || got.Command == pdu.Unbind {
			if err := p.write(pdu.PDU{Command: got.Command.Response(), Sequence: got.Sequence}); err != nil {
				return "", err
			}
			continue
		}
		p.last = got
		return p.show(got)
	}
}

func (p *peer) write(one pdu.PDU) error {
	_, err := p.conn.Write(one.Bytes())
	return err
}

// show is a PDU as a request of a conversation. The last part of a long message shows what a phone makes of all.
func (c *peer) show(p pdu.PDU) (string, error) {
	lines := []string{p.Command.String()}
	if p.Command.IsResponse() {
		return fmt.Sprintf("%s %d %s", p.Command, p.Sequence, p.Status), nil
	}
	line := func(name string, value any) { lines = append(lines, fmt.Sprintf("%s: %v", name, value)) }
	switch p.Command {
	case pdu.SubmitSM:
		m, err := pdu.ParseMessage(p.Body)
		if err != nil {
			return "", err
		}
		line("source", shown(m.Source))
		line("destination", shown(m.Destination))
		line("esm_class", fmt.Sprintf("0x%02X", m.ESMClass))
		line("registered_delivery", m.Registered)
		line("data_coding", m.DataCoding)
		text := m.Short
		if m.ESMClass&pdu.HasUDH != 0 {
			if len(text) < 6 {
				return "", errors.New("a header is missing")
			}
			line("udh", fmt.Sprintf("% x", text[:6]))
			text = text[6:]
		}
		line("short_message", strconv.Quote(decoded(m.DataCoding, text)))
		if m.ESMClass&pdu.HasUDH != 0 {
			c.held += decoded(m.DataCoding, text)
			if m.Short[5] == m.Short[4] {
				line("joined", strconv.Quote(c.held))
				c.held = ""
			}
		}
		for _, t := range m.TLVs {
			line(fmt.Sprintf("tlv 0x%04X", uint16(t.Tag)), strconv.Quote(decoded(m.DataCoding, t.Value)))
		}
	default:
		b, err := pdu.ParseBind(p.Body)
		if err != nil {
			return "", err
		}
		line("system_id", b.SystemID)
		line("password", b.Password)
		line("system_type", b.SystemType)
		line("interface_version", fmt.Sprintf("0x%02X", b.Version))
	}
	return strings.Join(lines, "\n"), nil
}

func shown(a pdu.Address) string { return fmt.Sprintf("%d/%d %s", a.TON, a.NPI, a.Number) }

// decoded is a text in GSM 03.38 or UCS-2.
func decoded(coding byte, octets []byte) string {
	if coding != 8 {
		return gsm7.Decode(octets)
	}
	var units []uint16
	for i := 0; i+1 < len(octets); i += 2 {
		units = append(units, uint16(octets[i])<<8|uint16(octets[i+1]))
	}
	return string(utf16.Decode(units))
}

// Write implements [providertest.Peer]. An answer is one paragraph for each PDU.
func (p *peer) Write(answer string) error {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(answer), "\n\n") {
		if paragraph == "" {
			continue
		}
		one, err := p.say(paragraph)
		if err != nil {
			return err
		}
		if err := p.write(one); err != nil {
			return err
		}
	}
	return nil
}

// say makes the PDU that a paragraph describes.
func (p *peer) say(paragraph string) (pdu.PDU, error) {
	head, rest, _ := strings.Cut(paragraph, "\n")
	fields, err := fieldsOf(rest)
	if err != nil {
		return pdu.PDU{}, err
	}
	name, status, _ := strings.Cut(head, " ")
	switch name {
	case "answer":
		var n uint64
		var err error
		if status != "" {
			n, err = strconv.ParseUint(strings.TrimPrefix(status, "0x"), 16, 32)
		}
		return pdu.PDU{
			Command: p.last.Command.Response(), Status: pdu.Status(n), Sequence: p.last.Sequence, Body: pdu.Answer{ID: fields["message_id"]}.Bytes(),
		}, err
	case "deliver_sm":
		m, err := delivered(fields)
		p.next++
		return pdu.PDU{Command: pdu.DeliverSM, Sequence: p.next, Body: m.Bytes()}, err
	case "broken":
		p.next++
		return pdu.PDU{Command: pdu.DeliverSM, Sequence: p.next, Body: []byte{0, 1, 1, '3', '4'}}, nil
	case "unbind":
		p.next++
		return pdu.PDU{Command: pdu.Unbind, Sequence: p.next}, nil
	case "query":
		p.next++
		return pdu.PDU{Command: 0x00000102, Sequence: p.next}, nil // alert_notification, which is not known here
	default:
		return pdu.PDU{}, errors.New("no such PDU")
	}
}

func fieldsOf(text string) (map[string]string, error) {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			return nil, errors.New("a line is no field")
		}
		fields[name] = strings.TrimSpace(value)
	}
	return fields, nil
}

// delivered is a deliver_sm by its fields.
func delivered(fields map[string]string) (m pdu.Message, err error) {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value := fields[name]
		switch name {
		case "source":
			_, err = fmt.Sscanf(value, "%d/%d %s", &m.Source.TON, &m.Source.NPI, &m.Source.Number)
		case "destination":
			_, err = fmt.Sscanf(value, "%d/%d %s", &m.Destination.TON, &m.Destination.NPI, &m.Destination.Number)
		case "esm_class":
			_, err = fmt.Sscanf(value, "0x%x", &m.ESMClass)
		case "data_coding":
			_, err = fmt.Sscanf(value, "%d", &m.DataCoding)
		case "hex":
			_, err = fmt.Sscanf(strings.ReplaceAll(value, " ", ""), "%x", &m.Short)
		case "text":
			m.Short = []byte(value)
		case "gsm":
			m.Short, _ = gsm7.Encode(value)
		case "receipted_message_id":
			m.TLVs = append(m.TLVs, pdu.TLV{Tag: pdu.ReceiptedMessageID, Value: append([]byte(value), 0)})
		case "message_state":
			var n byte
			_, err = fmt.Sscanf(value, "%d", &n)
			m.TLVs = append(m.TLVs, pdu.TLV{Tag: pdu.MessageState, Value: []byte{n}})
		case "message_payload":
			m.TLVs = append(m.TLVs, pdu.TLV{Tag: pdu.MessagePayload, Value: []byte(value)})
		case "sar":
			var ref uint16
			var total, at byte
			_, err = fmt.Sscanf(value, "%d %d/%d", &ref, &at, &total)
			m.TLVs = append(m.TLVs, pdu.TLV{Tag: pdu.SARReference, Value: []byte{byte(ref >> 8), byte(ref)}},
				pdu.TLV{Tag: pdu.SARTotal, Value: []byte{total}}, pdu.TLV{Tag: pdu.SARNumber, Value: []byte{at}})
		default:
			err = errors.New("no such field: " + name)
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}
