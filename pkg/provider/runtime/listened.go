package runtime

import (
	"encoding/json"

	"github.com/bonychat/puente/pkg/provider"
)

// listenerOf is the sender's ability, nil where the account is not listened to.
func listenerOf(s provider.Sender) provider.Listener {
	if l, ok := s.(provider.Listener); ok && l.Listens() {
		return l
	}
	return nil
}

// onlyHeard says that nobody calls for the sender's account.
func onlyHeard(s provider.Sender) bool {
	if listenerOf(s) == nil {
		return false
	}
	c, ok := s.(provider.Called)
	return !ok || !c.Called()
}

// Listens says whether an account, given as the JSON object of the configuration, is listened to and its network makes
// no calls.
func Listens(d provider.Driver, account json.RawMessage) bool {
	c := provider.NewClient(provider.ClientOptions{})
	defer c.Close()
	bound, err := d.Bind(account)
	if err != nil {
		return false
	}
	s, err := bound.Open(provider.Host{Client: c})
	return err == nil && onlyHeard(s)
}
