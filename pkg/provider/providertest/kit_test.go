package providertest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// listener is a reporter that remembers.
type listener struct{ heard []string }

func (l *listener) Helper() {}

func (l *listener) Errorf(format string, args ...any) {
	l.heard = append(l.heard, fmt.Sprintf(format, args...))
}

func (l *listener) String() string { return strings.Join(l.heard, "\n") }

// toyConversations are the toy's.
var toyConversations = []string{"testdata/conversation.txtar", "testdata/listen.txtar"}

// try holds a network to the kit's rules with the toy's conversations. The first one only is played: the other has a test
// of its own.
func (k Kit) try(t *testing.T, network provider.Driver) *listener {
	t.Helper()
	l, run := &listener{}, k.run(network)
	all := loaded(t, toyConversations...)
	if run.play(t, l, all[0]) {
		run.played = all
		stage.Bubble(t, l, func() {
			for _, rule := range declared.Rules {
				rule.Hold(run.trial(), l)
			}
		})
	}
	return l
}

func loaded(t *testing.T, files ...string) (all []*conversation.Conversation) {
	t.Helper()
	for _, file := range files {
		c, err := conversation.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
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
	for name, token := range map[string]proof.Token{
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

// A wrong account is one mistake, however many conversations have it.
func TestAWrongAccountIsSaidOnce(t *testing.T) {
	for name, network := range map[string]provider.Driver{
		"a check that refuses it": settled(func(a demanding) account { return account{Key: a.Key, API: a.API} }),
		"an Open that refuses it": changed(func(n *provider.Network[account]) {
			n.Open = func(account, provider.Host) (provider.Sender, error) { return nil, errors.New("no token") }
		}),
	} {
		l, run := &listener{}, Kit{}.run(network)
		for _, c := range loaded(t, append(toyConversations, toyConversations...)...) {
			if run.play(t, l, c) {
				t.Errorf("%s: a conversation is played", name)
			}
		}
		// the two conversations have the same account, written in two files
		if len(l.heard) != 1 || !strings.Contains(l.String(), "token") {
			t.Errorf("%s: the kit says %q", name, l.heard)
		}
	}
}

// demanding is an account that has more fields than those of the toy's conversations.
type demanding struct {
	Key   provider.Secret `json:"key" doc:"The key."`
	API   string          `json:"api,omitempty" doc:"Where the toy is."`
	Token provider.Secret `json:"token" doc:"The token."`
}

// A call with a credential of its own is admitted as it is written, whatever the kit could sign.
func TestARefusedCallSaysWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.txtar")
	const text = `-- account.json --
{"key": "k3y-of-the-toy", "api": "<server>"}
-- call.http --
POST /
X-Key: an0ther-key
Content-Type: application/json

{"id": 7, "from": "5550001", "text": "Where is my parcel?"}
-- events.json --
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, run := &listener{}, Kit{}.run(toy)
	run.played = loaded(t, file)
	stage.Bubble(t, l, func() {
		for _, rule := range declared.Rules {
			if rule.Name == "policy" {
				rule.Hold(run.trial(), l)
			}
		}
	})
	if got, want := l.String(), "c.txtar: call 1 is refused: forged: the header X-Key holds another text than the account's key"; got != want {
		t.Errorf("the kit says %q, want %q", got, want)
	}
}
