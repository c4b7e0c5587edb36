package providertest

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider"
)

var update = flag.Bool("update", false, "write the golden files anew")

// reporter is what the kit says its findings to. It is less than [testing.TB], so that the kit's own test can listen.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// Run plays every conversation of a directory and holds the network to the kit's rules.
func Run(t *testing.T, network provider.Driver, dir string) {
	t.Helper()
	t.Run("declaration", func(t *testing.T) { checkDeclaration(t, network) })
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no conversations", dir)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c, err := load(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, network, c)
			if *update {
				if err := os.WriteFile(file, txtar.Format(c.archive()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// checkDeclaration holds for what a network says of itself: it travels as JSON to services that do not know it.
func checkDeclaration(r reporter, network provider.Driver) {
	r.Helper()
	d := network.Describe()
	if d.Webhook != nil {
		if err := d.Webhook.Validate(); err != nil {
			r.Errorf("%v", err)
		}
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
