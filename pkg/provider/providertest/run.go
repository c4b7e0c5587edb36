package providertest

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
)

var update = flag.Bool("update", false, "write the golden files anew")

// reporter is what the kit says its findings to. It is less than [testing.TB], so that the kit's own test can listen.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// play plays one conversation and applies the rules to it. With -update it takes what it sees for right.
func (k Kit) play(r reporter, network provider.Driver, c *conversation) {
	r.Helper()
	s, err := newStage(network, c)
	if err != nil {
		r.Errorf("%v", err)
		return
	}
	defer s.close()
	s.kit = k
	if provider.Listens(network, s.account) && !network.Describe().Listens {
		r.Errorf("the account is listened to, and the network does not declare that it is: Listens")
	}
	for i, a := range c.acts {
		if a.account != nil {
			s.account = json.RawMessage(s.fill(string(a.account)))
			s.replaced++
		}
		if a.call() {
			s.receive(r, a)
			continue
		}
		a.before.like(s.replies)
		s.send(r, a, i)
	}
	for _, a := range c.acts {
		switch {
		case a.call():
		case a.name == "listen.json":
			s.listening(r, a)
		default:
			s.faults(r, a)
			s.quotes(r, a)
			s.keyed(r, a)
		}
	}
}

// compare reports what differs, or takes it for right with -update.
func compare(r reporter, what string, want *string, got string) {
	r.Helper()
	if *update {
		*want = got
		return
	}
	if diff := cmp.Diff(strings.TrimSpace(*want), strings.TrimSpace(got)); diff != "" {
		r.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// guard calls the network's code; a panic in it is an error.
func guard(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	f()
	return nil
}
