// Package declared holds the rules for a network as a whole: what it declares, whom its policy admits, and that it does all
// that it says.
package declared

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
)

// Trial is a network with all its conversations.
type Trial struct {
	provider.Description
	Network       provider.Driver
	Conversations []*conversation.Conversation
	Rules         stage.Rules
	// Dir holds the conversations; the network's README.md stands beside it.
	Dir string
	// Oracle judges requests; nil for none.
	Oracle Oracle
	// Sign makes a call the network's own; nil where the kit has to find out how.
	Sign func(c *webhook.Call, secrets webhook.Secrets)
}

// Oracle is the kit's.
type Oracle interface {
	Check(conversation.Request) (operation string, err error)
	Operations() []string
}

// Rules are those that hold for a network as a whole.
var Rules = []struct {
	Name string
	Hold func(Trial, stage.Reporter)
}{
	{"declaration", Trial.declaration},
	{"account", Trial.account},
	{"readme", Trial.readme},
	{"policy", Trial.policy},
	{"mimic", Trial.mimic},
	{"shown", Trial.shown},
	{"limits", Trial.limits},
	{"nonsense", Trial.nonsense},
	{"oracle", Trial.oracle},
}
