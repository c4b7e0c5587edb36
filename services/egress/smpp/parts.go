package smpp

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Bounds of what waits for its other parts.
const (
	// waitsFor is how long a part waits: a message whose parts do not all come is shown without them then.
	waitsFor = 10 * time.Minute
	// mostOpen are the messages that wait at once, mostWaiting what they hold together, in octets; of more the oldest wait no more.
	mostOpen, mostWaiting = 50, 32 << 10
)

// part is which part of a long message a deliver_sm is.
type part struct {
	Reference int `json:"ref"`
	Total     int `json:"total"`
	Index     int `json:"index"`
}

// partOf finds the header of a part, and the text behind it: 3GPP TS 23.040, 9.2.3.24, or the parameters sar_… of SMPP (5.3.2.22).
func partOf(m pdu.Message, octets []byte) (*part, []byte) {
	var p part
	if m.ESMClass&pdu.HasUDH != 0 && len(octets) > 0 && int(octets[0]) < len(octets) {
		header, text := octets[1:1+int(octets[0])], octets[1+int(octets[0]):]
		octets = text
		for len(header) >= 2 && int(header[1]) <= len(header)-2 {
			id, value := header[0], header[2:2+int(header[1])]
			header = header[2+int(header[1]):]
			switch {
			case id == 0x00 && len(value) == 3:
				p = part{int(value[0]), int(value[1]), int(value[2])}
			case id == 0x08 && len(value) == 4:
				p = part{int(value[0])<<8 | int(value[1]), int(value[2]), int(value[3])}
			}
		}
	} else {
		p.Reference, _ = m.TLVs.Number(pdu.SARReference)
		p.Total, _ = m.TLVs.Number(pdu.SARTotal)
		p.Index, _ = m.TLVs.Number(pdu.SARNumber)
	}
	if p.Total < 2 || p.Index < 1 || p.Index > p.Total || p.Total > 255 {
		return nil, octets
	}
	return &p, octets
}

// waiting is a long message that still lacks parts.
type waiting struct {
	Since time.Time     `json:"since"`
	First heard         `json:"first"` // the part that came first: it names the message
	Got   map[int]piece `json:"got"`
}

// assembly is what waits for other parts.
type assembly struct {
	Open []waiting `json:"open,omitempty"`
}

// readAssembly reads a cursor. One that cannot be read is empty: that of another version.
func readAssembly(cursor string) (a assembly) {
	if json.Unmarshal([]byte(cursor), &a) != nil {
		return assembly{}
	}
	a.Open = slices.DeleteFunc(a.Open, func(w waiting) bool {
		return w.First.Part == nil || w.First.Part.Total > 255 || len(w.Got) == 0
	})
	return a
}

// cursor is the assembly as it is kept.
func (a *assembly) cursor() string {
	text, err := json.Marshal(a)
	if err != nil {
		return "{}" // a map by numbers, texts and octets: it cannot fail
	}
	return string(text)
}

// add adds a part, and returns what waits no more: the message, where it is whole now, and those for which there is no room.
func (a *assembly) add(h heard, now time.Time) (out []heard) {
	i := slices.IndexFunc(a.Open, func(w waiting) bool {
		return w.First.From == h.From && w.First.To == h.To && w.First.Part.Reference == h.Part.Reference && w.First.Part.Total == h.Part.Total
	})
	if i < 0 {
		a.Open = append(a.Open, waiting{Since: now, First: h, Got: map[int]piece{}})
		i = len(a.Open) - 1
	}
	w := a.Open[i]
	w.Got[h.Part.Index] = h.Texts[0]
	if len(w.Got) >= w.First.Part.Total {
		a.Open = slices.Delete(a.Open, i, i+1)
		out = append(out, w.message())
	}
	for len(a.Open) > mostOpen || a.size() > mostWaiting {
		out = append(out, a.Open[0].message())
		a.Open = a.Open[1:]
	}
	return out
}

func (a *assembly) size() (n int) {
	for _, w := range a.Open {
		for _, p := range w.Got {
			n += len(p.Octets)
		}
	}
	return n
}

// late takes out what has waited too long.
func (a *assembly) late(now time.Time) (out []heard) {
	a.Open = slices.DeleteFunc(a.Open, func(w waiting) bool {
		if now.Sub(w.Since) < waitsFor {
			return false
		}
		out = append(out, w.message())
		return true
	})
	return out
}

// message is the long message, with what is missing of it.
func (w waiting) message() heard {
	h := w.First
	h.Part, h.Texts = nil, nil
	total := w.First.Part.Total
	if most := slices.Max(slices.Collect(maps.Keys(w.Got))); most > total {
		total = most
	}
	for i := 1; i <= total; i++ {
		one, ok := w.Got[i]
		one.Missing = !ok
		if n := len(h.Texts); one.Missing && n > 0 && h.Texts[n-1].Missing {
			continue // one mark for all that is missing in a row
		}
		h.Texts = append(h.Texts, one)
	}
	return h
}
