package email

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/email/internal/imap"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
)

// Bounds of what is stored of a mail, in bytes.
const (
	maxHeader = 256 << 10
	maxText   = 512 << 10 // of a text, as it is encoded
	maxReport = 64 << 10
	maxTexts  = 8
)

// heard is a mail as it is stored: what Receive reads. Header and parts are kept as they came, so that they can be read anew.
type heard struct {
	Key      string    `json:"key"`
	Validity uint32    `json:"uidvalidity"`
	UID      uint32    `json:"uid"`
	At       time.Time `json:"at,omitzero"`
	Size     int64     `json:"size,omitempty"`
	Header   []byte    `json:"header,omitempty"`
	// Structure is nil where the server's cannot be read.
	Structure *imap.Structure `json:"structure,omitempty"`
	// Bodies are parts, by their sections.
	Bodies map[string][]byte `json:"bodies,omitempty"`
	// Unread says that the server does not hand the mail out.
	Unread bool `json:"unread,omitempty"`
}

// keyOf names a mail whatever its UID is: by its message id, with a few digits of what else makes it this one, since some programs give
// all their mails one id. A mail without an id is named by its whole header.
func keyOf(header []byte) string {
	h := letter.ReadHeader(header)
	id := h.ID("Message-ID")
	if id == "" || len(id) > 200 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		sum := sha256.Sum256(header)
		return hex.EncodeToString(sum[:16])
	}
	sum := sha256.Sum256([]byte(h.Get("From") + "\x00" + h.Get("Date") + "\x00" + h.Get("Subject")))
	return id + "~" + hex.EncodeToString(sum[:4])
}

// call is what is stored.
func (h heard) call() provider.Heard {
	body, _ := json.Marshal(h) // of bytes, texts and numbers
	return provider.Heard{Key: h.Key, Body: body}
}

// texts are the parts of a mail that are its words, in order; of parts that say the same in several ways (multipart/alternative) all stand
// in one.
func (h heard) texts() (all []words) {
	if h.Structure == nil {
		return nil
	}
	at := map[string]int{}
	for _, p := range h.Structure.Parts {
		if p.Type != "text/plain" && p.Type != "text/html" || p.Disposition == "attachment" || fileName(p) != "" {
			continue
		}
		group, same := alternativeOf(p)
		i, known := at[group]
		if !same || !known {
			i = len(all)
			all = append(all, words{})
			if same {
				at[group] = i
			}
		}
		if p.Type == "text/plain" {
			all[i].plain = append(all[i].plain, p)
		} else {
			all[i].html = append(all[i].html, p)
		}
	}
	return all
}

// words are parts that say the same.
type words struct{ plain, html []imap.Part }

// alternativeOf is the section of the multipart/alternative that a part is in.
func alternativeOf(p imap.Part) (section string, ok bool) {
	for i, kind := range p.Within {
		if kind == "alternative" {
			steps := strings.Split(p.Section, ".")
			return strings.Join(steps[:min(i, len(steps))], "."), true
		}
	}
	return "", false
}

// fileName is what a part is called, "" for nothing.
func fileName(p imap.Part) string {
	if name := letter.Param(p.Shown, "filename"); name != "" {
		return name
	}
	return letter.Param(p.Params, "name")
}

// text is a part as text, "" where it was not fetched. cut says that there is more of it.
func (h heard) text(p imap.Part) (text string, cut bool) {
	raw, ok := h.Bodies[p.Section]
	if !ok {
		return "", false
	}
	text = letter.Text(p.Encoding, p.Params["charset"], raw)
	if p.Type == "text/html" {
		text = letter.FromHTML(text)
	}
	return text, len(raw) >= maxText && p.Size > int64(len(raw))
}

// isReport says that a mail is a server's word on another mail (RFC 3464).
func (h heard) isReport() bool {
	_, ok := h.part("message/delivery-status", "message/global-delivery-status")
	return ok && h.Structure.Type == "multipart/report"
}

// part is the first part of one of these types.
func (h heard) part(types ...string) (p imap.Part, ok bool) {
	if h.Structure == nil {
		return p, false
	}
	for _, p := range h.Structure.Parts {
		for _, one := range types {
			if p.Type == one {
				return p, true
			}
		}
	}
	return p, false
}

// returned is the section of the header that a report brings back, and how it is encoded.
func (h heard) returned() (section, encoding string, ok bool) {
	if p, ok := h.part("text/rfc822-headers", "message/global-headers"); ok {
		return p.Section, p.Encoding, true
	}
	if p, ok := h.part("message/rfc822", "message/global"); ok {
		return p.Section + ".HEADER", "", true
	}
	return "", "", false
}
