package runtime

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/bonychat/puente/pkg/provider"
)

// common is what the channels of each account have in common, by the identity of the account. It lives for one [runner.take]: the
// channels hold what is in it. It is not safe for concurrent use.
type common map[string]*provider.Shared

// commonTo is what these channels have.
func commonTo(all map[string]*channel) common {
	m := common{}
	for _, c := range all {
		if c.shared != nil {
			m[c.identity] = c.shared
		}
	}
	return m
}

// of is what the channels of an identity share: what those before have, or a new one.
func (m common) of(identity string) *provider.Shared {
	if m[identity] == nil {
		m[identity] = &provider.Shared{}
	}
	return m[identity]
}

// configure tells each whose accounts it is from now on, in the order of the channels' ids. What no channel has any more has none.
func (m common) configure(all map[string]*channel) {
	accounts := make(map[*provider.Shared][]json.RawMessage, len(m))
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if c := all[id]; c.shared != nil {
			accounts[c.shared] = append(accounts[c.shared], c.raw)
		}
	}
	for _, shared := range m {
		shared.Configure(accounts[shared]...)
	}
}
