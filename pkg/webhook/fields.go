package webhook

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Fields are the names of all fields of an account that the policy reads, sorted. Ingress needs no other field.
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

// Seal reduces an account, a JSON object, to what is needed to check calls by the policy. A field that is compared with a value in the
// call stays as it is. A field that is only the key of HMACs is replaced by its midstates (package digest), with which signatures can
// be checked and from which the key cannot be computed. [expr.SecretsOf] reads both forms. So ingress cannot send, even if the network
// signs its calls with the credential by which it is called. An account that is no JSON object is an error, which quotes nothing of it.
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
