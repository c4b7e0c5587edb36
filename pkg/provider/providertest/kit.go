package providertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Kit is the test of a network, where there is more to say than where its conversations are.
type Kit struct {
	// Dir holds the conversations; default testdata.
	Dir string
	// Oracle judges the network's requests by the vendor's own description; nil where there is none.
	Oracle Oracle
	// Sign makes a call one that the network itself could have made, with the account's secrets by their names. What it
	// signs by is the vendor's documentation, not the policy. nil will do where one call.http holds a true signature; and
	// where the policy asks for a static token or an HMAC of the body, which the kit makes by itself.
	Sign func(c *webhook.Call, secrets webhook.Secrets)
	// Answers are the network's own ways to say what HTTP has a status for.
	Answers Answers
	// Whole names lists in the network's calls whose elements are parts of one message and never come one by one, as
	// "message.attachments". Of all others an element has the same key whatever it comes with.
	Whole []string
}

// Run plays every conversation of a directory and holds the network to the kit's rules.
func Run(t *testing.T, network provider.Driver, dir string) {
	t.Helper()
	Kit{Dir: dir}.Run(t, network)
}

// Run plays every conversation and holds the network to the kit's rules.
func (k Kit) Run(t *testing.T, network provider.Driver) {
	t.Helper()
	if k.Dir == "" {
		k.Dir = "testdata"
	}
	files, err := filepath.Glob(filepath.Join(k.Dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no conversations", k.Dir)
	}
	var all []*conversation
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c, err := load(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
			k.play(t, network, c)
			if *update {
				if err := os.WriteFile(file, txtar.Format(c.archive()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if len(all) < len(files) {
		return // one cannot be read, or was not asked for
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) { rule.hold(trial{k, network, network.Describe(), all}, t) })
	}
}

// trial is a network with all its conversations.
type trial struct {
	Kit
	network provider.Driver
	provider.Description
	conversations []*conversation
}

// rules are those that hold for the network as a whole; [Kit.play] has those for each conversation.
var rules = []struct {
	name string
	hold func(trial, reporter)
}{
	{"declaration", trial.declaration},
	{"account", trial.account},
	{"readme", trial.readme},
	{"policy", trial.policy},
	{"shown", trial.shown},
	{"limits", trial.limits},
	{"nonsense", trial.nonsense},
	{"oracle", trial.oracle},
}
