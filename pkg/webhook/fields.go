package webhook

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Fields are the names of all fields of an account that the policy reads, sorted: what it judges calls by, and nothing else of
// the account is needed at the door.
func (p Policy) Fields() []string {
	var all []string
	if p.Verify != nil {
		all = proof.By(p.Verify).Fields()
	}
	for _, h := range p.Handshakes {
		all = append(append(all, h.texts()...), h.HMAC.Secret)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// Seal is an account as whoever judges calls by the policy needs it, and with as little as that needs: of an account, as a JSON object,
// the fields that are compared with what a call holds; in place of a field that is only a key of HMACs, what these go on from, by
// which signatures are checked and the key is not found. [SecretsOf] reads either. So a network that signs its calls with the
// credential that it is called with need not be trusted to the door. An account that is none is an error, which holds nothing of it.
func (p Policy) Seal(account json.RawMessage) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(account, &fields) != nil {
		return nil, errors.New("account: must be an object")
	}
	var besides []string
	var macs []proof.MAC
	for _, h := range p.Handshakes {
		besides = append(besides, h.texts()...)
		if h.HMAC.Secret != "" {
			macs = append(macs, h.HMAC)
		}
	}
	sealed, err := proof.By(p.Verify).Seal(fields, besides, macs...)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealed)
}

// texts are the fields whose text the handshake needs: all but the keys of hashes.
func (h *Handshake) texts() []string {
	return append(h.When.Fields(), h.Secret, h.Account, h.Decrypt.Key, h.Decrypt.Receiver)
}
