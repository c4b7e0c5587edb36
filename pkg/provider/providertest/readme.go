package providertest

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
)

// Readme checks a network's README.md by what the network declares, and reports what is missing:
//
//   - under the heading "## Account" there is a table of the account's fields, each with its doc; -update writes it, even if there is only
//     the heading;
//   - it names the limits of Carries, with a comma in thousands: 4,096;
//   - it links the network's Doc and every page that the network names ([provider.Description.Cited]).
//
// [Kit.Run] does this for the README.md beside the folder of its conversations, if there is one.
func Readme(t testing.TB, network provider.Driver, file string) {
	t.Helper()
	declared.Readme(t, network.Describe(), file)
}
