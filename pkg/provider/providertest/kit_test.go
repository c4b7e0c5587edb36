package providertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
)

// listener is a reporter that remembers.
type listener struct{ heard []string }

func (l *listener) Helper() {}

func (l *listener) Errorf(format string, args ...any) {
	l.heard = append(l.heard, fmt.Sprintf(format, args...))
}

func (l *listener) String() string { return strings.Join(l.heard, "\n") }

// try holds a network to the kit's rules with the toy's conversations.
func (k Kit) try(t *testing.T, network provider.Driver) *listener {
	t.Helper()
	var all []*conversation.Conversation
	for _, file := range []string{"testdata/conversation.txtar", "testdata/listen.txtar"} {
		c, err := conversation.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	l := &listener{}
	stage.Bubble(t, l, func() {
		k.play(l, network, all[0])
		for _, rule := range declared.Rules {
			rule.Hold(k.trial(network, all), l)
		}
	})
	return l
}

func TestRunPassesASoundNetwork(t *testing.T) { Run(t, toy, "testdata") }

func TestASoundNetworkIsSound(t *testing.T) {
	if got := (Kit{}).try(t, toy).String(); got != "" {
		t.Errorf("the kit says %q of a network without a fault", got)
	}
}

// Calls are judged with the credential of a static token, wherever it stands: a Receive that reads what is stripped later
// is found out by that.
func TestStaticTokensArePresented(t *testing.T) {
	for name, token := range map[string]webhook.Token{
		"header": {Header: "X-Other", Secret: "key"}, "bearer": {Bearer: true, Secret: "key"}, "basic": {Basic: true, Secret: "key"},
		"basic with a user": {Basic: true, User: "api", Secret: "key"}, "query": {Query: "t", Secret: "key"}, "path": {Path: true, Secret: "key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := toy
			n.Webhook = &webhook.Policy{Verify: token}
			if got := (Kit{}).try(t, n).String(); got != "" {
				t.Errorf("the kit says %q of a network without a fault", got)
			}
			n.Receive = func(a account, c webhook.Call) ([]provider.Event, error) {
				events, err := toy.Receive(a, c)
				if len(c.Header.Values("X-Other"))+len(c.Header.Values("Authorization"))+len(c.Query) > 0 || c.Suffix != "" && c.Suffix != "/status" {
					for i := range events {
						events[i].Key += "+"
					}
				}
				return events, err
			}
			if got := (Kit{}).try(t, n).String(); !strings.Contains(got, "it needs what was stripped") {
				t.Errorf("the kit says %q of a network that needs the credential", got)
			}
		})
	}
}

func FuzzReceive(f *testing.F) { Fuzz(f, toy, "testdata") }
