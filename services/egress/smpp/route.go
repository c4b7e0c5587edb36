package smpp

import (
	"context"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// take has one deliver_sm stored by the channel that it is for, and acknowledges it where it came. What cannot be stored now, or is for a
// channel that does not listen yet, is refused for now, and comes again.
func (l *login) take(ctx context.Context, from *session, p pdu.PDU, session string) {
	select {
	case <-from.lost: // it cannot be answered any more, and comes again
		return
	default:
	}
	h := hear(p, session)
	status := pdu.OK
	ears := l.earsFor(&h)
	if len(ears) == 0 {
		status = pdu.TemporaryError
	}
	for _, e := range ears {
		if !e.hand(ctx, h) {
			status = pdu.TemporaryError
			break
		}
	}
	_ = from.answer(p, status, pdu.Answer{}.Bytes()) // a session that it cannot be written to is lost
}

// earsFor are the ears that store what was heard: that of the channel whose source it is to. A receipt that tells no channel is for each:
// only one of them knows its message. None is where the channel does not listen here. What is for no channel is marked.
func (l *login) earsFor(h *heard) []*ear {
	l.mu.Lock()
	defer l.mu.Unlock()
	readable := h.Unread == nil
	spelt := func(a Account) bool { return readable && bare(a.Source) == bare(h.To.Number) }
	if i := slices.IndexFunc(l.ears, func(e *ear) bool { return spelt(e.account) }); i >= 0 {
		return []*ear{l.ears[i]}
	}
	all := provider.AccountsOf[Account](l.shared)
	i := slices.IndexFunc(all, spelt)
	if i < 0 {
		i = slices.IndexFunc(all, func(a Account) bool { return readable && a.contact(h.To).GetAddress() == a.Source })
	}
	if len(all) == 1 {
		i = 0 // a login with one channel
	}
	if i >= 0 {
		return l.earsOf(all[i : i+1])
	}
	if readable && h.isReceipt() {
		return l.earsOf(all)
	}
	// a dead letter of whichever channel
	h.Astray, h.Part = len(all) > 1, nil
	return slices.Clone(l.ears[:min(1, len(l.ears))])
}

// earsOf are the ears of these channels, none where one of them does not listen. The caller has the lock.
func (l *login) earsOf(all []Account) (ears []*ear) {
	for _, a := range all {
		i := slices.IndexFunc(l.ears, func(e *ear) bool { return e.account.Source == a.Source })
		if i < 0 {
			return nil
		}
		ears = append(ears, l.ears[i])
	}
	return ears
}

// bare is a number without its plus, which the type of an address may stand for, or a name in lower case.
func bare(number string) string { return strings.ToLower(strings.TrimPrefix(clean(number), "+")) }
