package smpp

import (
	"math/big"
	"regexp"
	"strings"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Why a receipt is ignored.
const (
	ignoredOnItsWay = "receipt of a message on its way"
	ignoredStatus   = "receipt with an unknown status"
)

// isReceipt says that it is about a message of ours (5.2.12). Some SMSCs mark a receipt by its parameters alone.
func (h heard) isReceipt() bool {
	kind := h.Class & pdu.TypeMask
	return kind == pdu.TypeReceipt || kind == pdu.TypeIntermediate || h.ReceiptedID != "" && h.State != 0
}

// told is what a receipt says: its text (appendix B), and where the SMSC has them its parameters.
type told struct {
	id         string // as the text spells it; "" for none
	word, done string
	err        string
}

// What stands in a receipt's text. Its fields come in any order, and in either case.
var (
	idField   = regexp.MustCompile(`(?i)(?:^|\s)id:\s*([^\s]{1,65})`)
	statField = regexp.MustCompile(`(?i)(?:^|\s)stat:\s*([A-Za-z]{1,20})`)
	doneField = regexp.MustCompile(`(?i)(?:^|\s)done date:\s*([0-9]{1,14})`)
	errField  = regexp.MustCompile(`(?i)(?:^|\s)err:\s*([0-9A-Za-z]{1,6})(?:\s|$)`)
)

// receipt reads what a receipt says. Its text is ASCII, whatever its coding says.
func (h heard) receipt() (r told) {
	var text string
	for _, p := range h.Texts {
		text += clean(string(p.Octets))
	}
	field := func(of *regexp.Regexp) string {
		if m := of.FindStringSubmatch(text); m != nil {
			return m[1]
		}
		return ""
	}
	r = told{field(idField), strings.ToUpper(field(statField)), field(doneField), field(errField)}
	if r.id == "" {
		r.id = clean(h.ReceiptedID)
	}
	if _, known := states[r.word]; !known {
		if word := byState[h.State]; word != "" {
			r.word = word
		}
	}
	return r
}

// states are the words of a receipt's text (appendix B), and what they mean.
var states = map[string]eventv1.Status{
	"DELIVRD": eventv1.Status_STATUS_DELIVERED, "EXPIRED": eventv1.Status_STATUS_FAILED, "DELETED": eventv1.Status_STATUS_FAILED,
	"UNDELIV": eventv1.Status_STATUS_FAILED, "REJECTD": eventv1.Status_STATUS_FAILED,
	"ENROUTE": eventv1.Status_STATUS_SENT, "ACCEPTD": eventv1.Status_STATUS_SENT,
	"UNKNOWN": eventv1.Status_STATUS_UNSPECIFIED,
}

// byState are the same words by the parameter message_state (5.2.28).
var byState = map[int]string{
	1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}

// failures are why a message did not arrive.
var failures = map[string]reason.Reason{"EXPIRED": expired, "DELETED": deleted, "REJECTD": rejected}

// receipt is the SMSC's word on a message that it took.
func (a Account) receipt(h heard) provider.Event {
	r := h.receipt()
	if r.id == "" {
		return provider.UnreadableEvent("a receipt names no message")
	}
	ref := a.refOfReceipt(r.id)
	if h.ReceiptedID != "" { // that is spelt as in the answer
		ref = a.refOfAnswer(clean(h.ReceiptedID))
	}
	status := states[r.word]
	switch status {
	case eventv1.Status_STATUS_SENT:
		return provider.IgnoredEvent(ignoredOnItsWay)
	case eventv1.Status_STATUS_UNSPECIFIED:
		return provider.IgnoredEvent(ignoredStatus)
	}
	out := provider.Receipt{Ref: ref, Status: status}
	if status == eventv1.Status_STATUS_FAILED {
		out.Reason = failures[r.word]
		if out.Reason.IsZero() {
			out.Reason = undeliverable
			if strings.Trim(r.err, "0") != "" {
				out.Reason = undeliverableCode.With("code", r.err)
			}
		}
	}
	return provider.ReceiptEvent(h.Key, out)
}

// refOfAnswer is the id of a message as the bridge keeps it: as the answer spelt it, or in decimal where receipts spell it
// otherwise.
func (a Account) refOfAnswer(id string) string {
	switch a.MessageIDs {
	case idsHex:
		return respell(id, 16)
	case idsDecimal:
		return respell(id, 10)
	default:
		return id
	}
}

// refOfReceipt is the same for an id as a receipt's text spells it.
func (a Account) refOfReceipt(id string) string {
	switch a.MessageIDs {
	case idsHex:
		return respell(id, 10)
	case idsDecimal:
		return respell(id, 16)
	default:
		return id
	}
}

// respell is a number in decimal; what is none stays as it is.
func respell(id string, base int) string {
	if n, ok := new(big.Int).SetString(strings.TrimPrefix(strings.ToLower(id), "0x"), base); ok && n.Sign() >= 0 {
		return n.String()
	}
	return id
}
