package providertest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
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
	// Keys are JWK sets by the addresses at which the network's policy finds them (package proof, KeySet): those of the private
	// keys that Sign signs with.
	Keys map[string][]byte
	// Answers are the network's own ways to say what HTTP has a status for.
	Answers Answers
	// Peer makes the far end of one connection, where the network has a protocol of its own: it is called with each connection
	// to "<peer>". nil where all goes over HTTP, websockets included. [Lines] is one for protocols of lines. It needs
	// Answers.Broken and Answers.TooMany in the network's own words.
	Peer func(net.Conn) Peer
	// Duplex says that messages go over the connection that Listen holds: it runs beside each message.json.
	Duplex bool
	// Whole names lists in the network's calls whose elements are parts of one message and never come one by one, as
	// "message.attachments". Of all others an element has the same key whatever it comes with.
	Whole []string

	mangled int // bounds the mangled answers of an act; 0 means 40
}

// Peer is the far end of one connection: it turns what the network's code says into text for conversations, and answers of
// conversations into what is said.
type Peer = stage.Peer

// Oracle judges a network's requests by the vendor's own description of its API. The package openapi has one for
// descriptions in OpenAPI.
type Oracle interface {
	// Check names the operation that a request is to, "" for one that goes elsewhere than to the API, such as a download,
	// and says what is wrong with it.
	Check(conversation.Request) (operation string, err error)
	// Operations are those that the network uses: conversations call each of them.
	Operations() []string
}

// Run plays every conversation of a directory and holds the network to the kit's rules.
func Run(t *testing.T, network provider.Driver, dir string) {
	t.Helper()
	Kit{Dir: dir}.Run(t, network)
}

// Run plays every conversation and holds the network to the kit's rules. Each conversation and each rule is a subtest. The
// network's code runs in a bubble of [testing/synctest]: its time is [conversation.Now] and stands still.
func (k Kit) Run(t *testing.T, network provider.Driver) {
	t.Helper()
	if k.Dir == "" {
		k.Dir = "testdata"
	}
	if k.Peer != nil && (k.Answers.Broken == "" || k.Answers.TooMany == "") {
		t.Fatal("Kit.Peer needs Answers.Broken and Answers.TooMany: a protocol of its own has no status 500 and no 429")
	}
	files, err := filepath.Glob(filepath.Join(k.Dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no conversations", k.Dir)
	}
	run := k.run(network)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c, err := conversation.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			if !run.play(t, t, c) {
				t.SkipNow()
			}
			if *stage.Update {
				if err := os.WriteFile(file, txtar.Format(c.Archive()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if len(run.played) < len(files) {
		return // one cannot be played, or was not asked for
	}
	for _, rule := range declared.Rules {
		t.Run(rule.Name, func(t *testing.T) {
			stage.Bubble(t, t, func() { rule.Hold(run.trial(), t) })
		})
	}
}

func (k Kit) run(network provider.Driver) *run {
	return &run{Kit: k, network: network, refused: map[string]bool{}}
}

func (k Kit) rules() stage.Rules {
	most := k.mangled
	if most == 0 {
		most = 40
	}
	return stage.Rules{
		Whole: k.Whole, Faults: k.Answers.faults(), SocketFaults: k.Answers.socketFaults(), Mangled: most, Peer: k.Peer, Duplex: k.Duplex,
	}
}
