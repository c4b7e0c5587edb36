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

// Kit is the test of a network that needs more than a folder of conversations. The zero value is what [Run] uses.
type Kit struct {
	// Dir holds the conversations; default testdata.
	Dir string
	// Oracle checks the network's requests by the vendor's own description; nil if there is none.
	Oracle Oracle
	// Sign signs a call as the network would, with the account's secrets by their names. It has to follow the vendor's documentation, and
	// not the policy, which it tests. It may be nil if one call.http holds a true signature, or if the policy asks for a static token or
	// an HMAC of the body, which the kit makes by itself.
	Sign func(c *webhook.Call, secrets webhook.Secrets)
	// Keys are JWK sets by the addresses at which the network's policy finds them (package proof, KeySet). They hold the public keys of
	// the private ones that Sign signs with.
	Keys map[string][]byte
	// Answers are the network's own forms of answers for which HTTP has a status.
	Answers Answers
	// Peer is the codec of a network with a protocol of its own: it is called with each connection to "<peer>". nil if everything goes
	// over HTTP, websockets included. [Lines] makes one for protocols of lines. With it, Answers.Broken and Answers.TooMany are required.
	Peer func(net.Conn) Peer
	// Duplex is for networks that send messages over the connection that Listen holds: Listen then runs beside each message.json.
	Duplex bool
	// Whole names lists in the network's calls whose elements are parts of one message and never come one by one, such as
	// "message.attachments". In all other lists an element has to have the same key whatever else is in the list.
	Whole []string

	mangled int // bounds the mangled answers of an act; 0 means 40
}

// Peer plays the network's end of one connection: it turns bytes that the network's code sends into text for conversations, and answers of
// conversations into bytes.
type Peer = stage.Peer

// Oracle checks a network's requests by the vendor's own description of its API. Package openapi has one for OpenAPI.
type Oracle interface {
	// Check returns the operation that a request calls, and an error if the request is not allowed. The operation is "" for a request that
	// does not go to the API, such as a download.
	Check(conversation.Request) (operation string, err error)
	// Operations are those that the network uses: conversations call each of them.
	Operations() []string
}

// Run plays every conversation of a directory and checks the network by the kit's rules.
func Run(t *testing.T, network provider.Driver, dir string) {
	t.Helper()
	Kit{Dir: dir}.Run(t, network)
}

// Run plays every conversation and checks the network by the kit's rules. Each conversation and each rule is a subtest. The network's code
// runs in a bubble of [testing/synctest]: it is always [conversation.Now] there, and no time passes while a goroutine can run.
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
