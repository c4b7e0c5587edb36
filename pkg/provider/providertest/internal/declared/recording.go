package declared

import (
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/samples"
)

// recording is a message that a conversation sends and the network takes.
type recording struct {
	*conversation.Conversation
	act     *conversation.Act
	message *messagev1.Message
}

// recorded is the first recording of a kind, nil for none.
func (t Trial) recorded(kind string) *recording {
	for _, c := range t.Conversations {
		for _, a := range c.Acts {
			if m, err := a.Message(); err == nil && a.Succeeds() && len(a.Answers) > 0 && samples.KindOf(m.GetContent()) == kind {
				return &recording{c, a, m}
			}
		}
	}
	return nil
}
