package providertest

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
)

// Readme holds a network's README.md to what the network declares, and reports what is missing:
//
//   - under the heading "## Account" stands a table of the account's fields, each with its doc. With -update it is written, where there is only the heading too;
//   - the limits of Carries stand in it, written as 4,096;
//   - it links the network's Doc and every page that the network names ([provider.Description.Cited]).
//
// [Kit.Run] does this with the README.md beside its conversations' folder, where there is one.
func Readme(t testing.TB, network provider.Driver, file string) {
	t.Helper()
	declared.Readme(t, network.Describe(), file)
}
