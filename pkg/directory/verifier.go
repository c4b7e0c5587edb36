package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
)

// Verifier is what ingress has of a channel's credentials: enough to check a call, and not enough to send. [Apply] writes it to
// SECRETS under verify.<network>.<channel>.
type Verifier struct {
	// Account is a JSON object with what the network's policy needs of the account: its fields, with midstates in place of keys (see
	// webhook.Policy.Seal). So [WatchVerifiers] gives it. In the stored value the same stands in Sealed, and Account holds what
	// earlier versions read, fields with keys in plain; it is an empty object when none of these versions runs.
	Account json.RawMessage `json:"account"`
	// Sealed is used in the stored value only; nil where an earlier version wrote it.
	Sealed json.RawMessage `json:"sealed,omitempty"`
	// Token is the digest of the platform's API token, see [TokenDigest]; "" if there is none.
	Token string `json:"token,omitempty"`
	// Revision changes with every change of the whole account, and tells nothing about it.
	Revision string `json:"revision"`
}

// Verified is a channel with what is needed to check calls to it.
type Verified struct {
	Channel
	*Verifier // shared: not to be changed
}

// TokenDigest is the SHA-256 of an API token, in hex, for places that have to recognise the token and not to use it. A token is long
// and random, so that it cannot be guessed from its digest.
func TokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

const verifyPrefix = "verify."

func verifierKey(network, channel string) string { return verifyPrefix + network + "." + channel }

// noAccount is [Verifier].Account when no earlier version runs.
const noAccount = "{}"

// plain says that a stored verifier holds what earlier versions read.
func plain(stored []byte) bool {
	var v Verifier
	return json.Unmarshal(stored, &v) != nil || v.Sealed == nil || string(v.Account) != noAccount
}

// hasPlain says that SECRETS holds verifiers for earlier versions: then all of them have to be kept up to date, until [DropEarlier].
func hasPlain(secrets map[string][]byte) bool {
	for key, value := range secrets {
		if strings.HasPrefix(key, verifyPrefix) && plain(value) {
			return true
		}
	}
	return false
}

// dropPlain removes from the verifiers what only earlier versions read.
func dropPlain(ctx context.Context, secrets *kv.Bucket) error {
	have, err := secrets.All(ctx)
	if err != nil {
		return err
	}
	for key, value := range have {
		var v Verifier
		if !strings.HasPrefix(key, verifyPrefix) || !plain(value) || json.Unmarshal(value, &v) != nil || v.Sealed == nil {
			continue // one without is of an earlier version: its "puente apply" was the last
		}
		v.Account = json.RawMessage(noAccount)
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := secrets.Put(ctx, key, data); err != nil {
			return err
		}
	}
	return nil
}

// verifier is the verifier to be stored for a channel. before is the one that is stored now, nil for none. kept says that it was made of
// the same account. earlier says that earlier versions have to find their part, too.
func (e Entry) verifier(before []byte, kept, earlier bool) ([]byte, error) {
	var account map[string]json.RawMessage
	var platform struct {
		Token string `json:"api_token"`
	}
	v := Verifier{Account: json.RawMessage(noAccount)}
	// what cannot be read lets nobody in: whoever checked the configuration has said so
	if json.Unmarshal(e.Account, &account) == nil {
		for name := range account {
			if !slices.Contains(e.Verifies, name) {
				delete(account, name)
			}
		}
		data, err := json.Marshal(account)
		if err != nil {
			return nil, err
		}
		if account != nil {
			v.Account = data
		}
	}
	if v.Sealed = e.Sealed; v.Sealed == nil {
		v.Sealed = v.Account
	}
	if !earlier {
		v.Account = json.RawMessage(noAccount)
	}
	if json.Unmarshal(e.Platform, &platform) == nil && platform.Token != "" {
		v.Token = TokenDigest(platform.Token)
	}
	var old Verifier
	if kept && json.Unmarshal(before, &old) == nil {
		v.Revision = old.Revision
	}
	if v.Revision == "" {
		v.Revision = rand.Text()
	}
	return json.Marshal(v)
}

// WatchVerifiers is [Watch] for ingress: all channels, each with what is needed to check its calls. The first call is made when every
// channel that has settings has a verifier too; if an earlier version wrote the settings, that takes until "puente apply" of this
// version. A channel whose verifier cannot be read is logged and left out.
func WatchVerifiers(ctx context.Context, b *bus.Bus, changed func([]Verified)) error {
	w := newWatch(b, readVerifier)
	w.filter, w.whole = verifyPrefix+"*.*", true
	w.keyOf = func(c Channel) string { return verifierKey(c.Network, c.ID) }
	return w.run(ctx, func(all []known[*Verifier]) {
		var verified []Verified
		for _, k := range all {
			if k.credentials == nil {
				b.Logger().Error("channel left out: what its calls are judged by cannot be read", "channel", k.ID)
				continue
			}
			verified = append(verified, Verified{k.Channel, k.credentials})
		}
		changed(verified)
	})
}

// readVerifier reads a stored verifier, nil if it cannot be read: nobody has to wait for it then. It returns no error, since that would
// quote what it read.
func readVerifier(stored []byte) *Verifier {
	var v Verifier
	if json.Unmarshal(stored, &v) != nil {
		return nil
	}
	if v.Sealed != nil {
		v.Account, v.Sealed = v.Sealed, nil
	}
	return &v
}
