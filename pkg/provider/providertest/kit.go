package providertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider"
)

// Kit is the test of a network, where there is more to say than where its conversations are.
type Kit struct {
	// Dir holds the conversations; default testdata.
	Dir string
	// Oracle judges the network's requests by the vendor's own description; nil where there is none.
	Oracle Oracle
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
	t.Run("declaration", func(t *testing.T) { checkDeclaration(t, network) })
	files, err := filepath.Glob(filepath.Join(k.Dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no conversations", k.Dir)
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
	if k.Oracle != nil {
		t.Run("oracle", func(t *testing.T) {
			requests, err := Requests(k.Dir)
			if err != nil {
				t.Fatal(err)
			}
			ask(t, k.Oracle, requests)
		})
	}
}
