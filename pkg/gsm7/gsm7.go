// Package gsm7 is the alphabet of SMS, GSM 03.38: which characters it has, what each takes, and its septets as octets, one
// in each, which is how SMSCs exchange them. National tables are not its job.
//
//	octets, ok := gsm7.Encode("¿A qué hora?") // false: there is no place for a character of it
//
// https://www.etsi.org/deliver/etsi_ts/123000_123099/123038/ (6.2.1)
package gsm7

import "strings"

// The default alphabet, and its extension table, whose characters are written with an escape before them.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	escape = 0x1b
)

var extension = map[byte]rune{
	0x0a: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2f: '\\', 0x3c: '[', 0x3d: '~', 0x3e: ']', 0x40: '|', 0x65: '€',
}

// decoded are the characters by their septets.
var decoded = []rune(basic)

// place is where a character stands: its septet, and whether an escape comes before it; cost 0 where it has none.
type place struct {
	septet byte
	cost   uint8
}

// near holds the characters below its length; only the euro sign lies beyond.
var near = func() (table [0x400]place) {
	for i, r := range decoded {
		if i != escape {
			table[r] = place{byte(i), 1}
		}
	}
	for septet, r := range extension {
		if int(r) < len(table) {
			table[r] = place{septet, 2}
		}
	}
	return table
}()

func placeOf(r rune) place {
	switch {
	case r >= 0 && int(r) < len(near):
		return near[r]
	case r == '€':
		return place{0x65, 2}
	default:
		return place{}
	}
}

// Septets are what a character takes: 1, or 2 with its escape; 0 where it has no place.
func Septets(r rune) int { return int(placeOf(r).cost) }

// Encode is a text in septets, one in each octet; false where a character of it has no place.
func Encode(text string) (octets []byte, ok bool) {
	octets = make([]byte, 0, len(text))
	for _, r := range text {
		switch at := placeOf(r); at.cost {
		case 1:
			octets = append(octets, at.septet)
		case 2:
			octets = append(octets, escape, at.septet)
		default:
			return nil, false
		}
	}
	return octets, true
}

// Decode is the text of septets, one in each octet. A septet that nobody knows behind an escape is the character of the default
// alphabet, as a phone shows it; the highest bit is not looked at. It takes anything.
func Decode(octets []byte) string {
	var b strings.Builder
	for i := 0; i < len(octets); i++ {
		septet := octets[i] & 0x7f
		if septet != escape {
			b.WriteRune(decoded[septet])
			continue
		}
		if i++; i == len(octets) {
			break // an escape of nothing
		}
		if r, ok := extension[octets[i]&0x7f]; ok {
			b.WriteRune(r)
		} else if octets[i]&0x7f == escape {
			b.WriteByte(' ') // reserved for another table, shown as a space
		} else {
			b.WriteRune(decoded[octets[i]&0x7f])
		}
	}
	return b.String()
}
