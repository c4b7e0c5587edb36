package email

import (
	"regexp"
	"strings"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
)

// Why a report is ignored.
const (
	ignoredForeign = "report on a mail that this bridge did not send"
	ignoredDelayed = "report of a mail on its way"
	ignoredAction  = "report with an unknown action"
)

// report is a server's word on a mail of ours (RFC 3464).
func (h heard) report() provider.Event {
	key := h.reported()
	if key == "" {
		return provider.IgnoredEvent(ignoredForeign)
	}
	r := provider.Receipt{OwnID: key}
	said := h.recipient()
	switch strings.ToLower(said.action) {
	case "failed":
		r.Status = eventv1.Status_STATUS_FAILED
		r.Reason = undeliverable.With("code", said.code())
		if why := byStatus(said.status); !why.IsZero() {
			r.Reason = why.With("code", said.code())
		}
	case "delivered":
		r.Status = eventv1.Status_STATUS_DELIVERED
	case "delayed", "relayed", "expanded": // that it was handed on to where no more is told is known since it was sent
		return provider.IgnoredEvent(ignoredDelayed)
	default:
		return provider.IgnoredEvent(ignoredAction)
	}
	return provider.ReceiptEvent(h.Key, r).WithTime(h.At)
}

// reported is the key of the mail that a report is about: by the envelope id (RFC 3464, 2.2.1), the header that comes back, or the thread
// that the report stands in. "" for a mail that is not ours.
func (h heard) reported() string {
	var places []string
	for _, group := range h.groups() {
		places = append(places, group.Get("Original-Envelope-Id"))
	}
	if section, encoding, ok := h.returned(); ok {
		back := letter.ReadHeader([]byte(letter.Text(encoding, "", h.Bodies[section])))
		places = append(places, back.Get(idField), back.Get("Message-ID"))
	}
	head := letter.ReadHeader(h.Header)
	places = append(places, head.Get("In-Reply-To"), head.Get("References"))
	for _, text := range places {
		if m := own.FindStringSubmatch(text); m != nil {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// groups are the fields of a report: the first of the mail as a whole, then those of each recipient.
func (h heard) groups() (out []letter.Header) {
	p, ok := h.part("message/delivery-status", "message/global-delivery-status")
	if !ok {
		return nil
	}
	text := strings.TrimLeft(letter.Text(p.Encoding, "", h.Bodies[p.Section]), "\n")
	for i, group := range strings.SplitN(text, "\n\n", 50) {
		if strings.TrimSpace(group) != "" || i == 0 {
			out = append(out, letter.ReadHeader([]byte(strings.TrimLeft(group, "\n"))))
		}
	}
	return out
}

// fate is what became of a recipient.
type fate struct{ action, status, reply string }

var (
	statusField = regexp.MustCompile(`\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b`)
	answerText  = regexp.MustCompile(`\b([245][0-9]{2})[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})\b`)
	replyField  = regexp.MustCompile(`(?i)^smtp\s*;\s*([245][0-9]{2})[ -]`)
)

// recipient is that of the one recipient that a mail of ours has. Where the status says nothing but that it failed, the answer of the
// server that refused it does, or what the report says to people.
func (h heard) recipient() (f fate) {
	for _, group := range h.groups() {
		if !group.Has("Action") {
			continue
		}
		f.action = group.Token("Action")
		if m := statusField.FindString(group.Get("Status")); m != "" {
			f.status = m
		}
		diagnostic := group.Get("Diagnostic-Code")
		if m := replyField.FindStringSubmatch(diagnostic); m != nil {
			f.reply = m[1]
		}
		if m := statusField.FindString(diagnostic); m != "" && f.vague() {
			f.status = m
		}
		break
	}
	if p, ok := h.part("text/plain"); ok && f.vague() {
		if m := answerText.FindStringSubmatch(letter.Text(p.Encoding, p.Params["charset"], h.Bodies[p.Section])); m != nil {
			f.reply, f.status = m[1], m[2]
		}
	}
	return f
}

// vague says that a status says nothing but that it failed.
func (f fate) vague() bool {
	return f.action == "failed" && (f.status == "" || strings.HasSuffix(f.status, ".0.0"))
}

// code is the server's own, as a reason shows it.
func (f fate) code() string {
	switch {
	case f.reply != "" && f.status != "":
		return f.reply + " " + f.status
	case f.status != "":
		return f.status
	case f.reply != "":
		return f.reply
	default:
		return "-"
	}
}
