package providertest

import (
	"encoding/json"
	"flag"
	"fmt"
	"reflect"
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

// checkDeclaration holds for what a network says of itself: it travels as JSON to services that do not know it.
func checkDeclaration(r reporter, network provider.Driver) {
	r.Helper()
	d := network.Describe()
	if err := d.Validate(); err != nil {
		r.Errorf("%v", err)
	}
	data, err := json.Marshal(d)
	if err != nil {
		r.Errorf("the declaration cannot be written: %v", err)
		return
	}
	var back provider.Description
	if err := json.Unmarshal(data, &back); err != nil {
		r.Errorf("the declaration cannot be read back: %v", err)
	} else if !reflect.DeepEqual(d, back) {
		r.Errorf("the declaration comes back different: %+v", back)
	}
}

// play plays one conversation and applies the rules to it. With -update it takes what it sees for right.
func play(r reporter, network provider.Driver, c *conversation) {
	r.Helper()
	s, err := newStage(network, c)
	if err != nil {
		r.Errorf("%v", err)
		return
	}
	defer s.close()
	if provider.Listens(network, s.account) && !network.Describe().Listens {
		r.Errorf("the account is listened to, and the network does not declare that it is: Listens")
	}
	for i, a := range c.acts {
		if a.call() {
			s.receive(r, a)
			continue
		}
		a.before.like(s.replies)
		s.send(r, a, i)
	}
	for _, a := range c.acts {
		if !a.call() && strings.Contains(a.expected, `"ref"`) {
			s.faults(r, a)
		}
		if a.name == "listen.json" {
			s.listening(r, a)
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
