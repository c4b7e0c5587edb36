package outbound

import (
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
)

// lost plays a message again where what was kept of the channel and its contacts is lost, and where nothing can be kept. Without it a
// network goes on as with a channel that is new: it asks its API, whatever comes of that.
func (s Playing) lost(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	if a.Name != "message.json" || !a.Succeeds() {
		return
	}
	if len(a.Kept.Held()) > 0 {
		requests, err, ok := s.without(r, a, func(kept *sendertest.State) { kept.Lose() })
		s.judge(r, "message.json with what was kept lost", err)
		if ok && len(requests) == 0 {
			r.Errorf("message.json: with what was kept of the channel and its contacts lost, nothing is sent: %v", err)
		}
	}
	_, err, _ := s.without(r, a, func(kept *sendertest.State) { kept.Fail(true) })
	s.judge(r, "message.json where nothing can be kept", err)
}

// without plays an act for itself after something befell what was kept.
func (s Playing) without(r stage.Reporter, a *conversation.Act, befalls func(*sendertest.State)) ([]string, error, bool) {
	r.Helper()
	return s.retryWith(r, a, a.Answers, func(fresh *stage.Stage) { befalls(fresh.State) })
}
