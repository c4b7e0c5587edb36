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

// Verifier is all that the door has to know of a channel's credentials: by what it judges a call. It stands in SECRETS under
// verify.<network>.<channel>, written by [Apply], so that whoever serves strangers holds nothing that sends.
type Verifier struct {
	// Account is, as a JSON object, what the network's policy reads of the account: fields, and what stands in the place of those that
	// are keys, see webhook.Policy.Seal. [WatchVerifiers] gives it; stored, it is in Sealed, and this is what versions before read: the
	// fields alone, keys in plain. It is an empty object where none of them runs.
	Account json.RawMessage `json:"account"`
	// Sealed is nil as versions before have written it, and as [WatchVerifiers] gives it.
	Sealed json.RawMessage `json:"sealed,omitempty"`
	// Token is the digest of the platform's API token; "" where there is none. See [TokenDigest].
	Token string `json:"token,omitempty"`
	// Revision is another one after every change of the whole account, and tells nothing of it.
	Revision string `json:"revision"`
}

// Verified is a channel with what calls to it are judged by.
type Verified struct {
	Channel
	*Verifier // shared: not to be changed
}

// TokenDigest stands for an API token where nobody needs the token itself: its SHA-256 in hex. A token is long and made by a
// machine, so that it cannot be found by trying.
func TokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

const verifyPrefix = "verify."

func verifierKey(network, channel string) string { return verifyPrefix + network + "." + channel }

// noAccount is what versions before find that do not run any more.
const noAccount = "{}"

// plain says that a verifier holds what versions before read.
func plain(stored []byte) bool {
	var v Verifier
	return json.Unmarshal(stored, &v) != nil || v.Sealed == nil || string(v.Account) != noAccount
}

// hasPlain says that SECRETS holds verifiers that versions before read: until [DropEarlier] they have to find all.
func hasPlain(secrets map[string][]byte) bool {
	for key, value := range secrets {
		if strings.HasPrefix(key, verifyPrefix) && plain(value) {
			return true
		}
	}
	return false
}

// dropPlain takes out of the verifiers what versions before read.
func dropPlain(ctx context.Context, secrets *kv.Bucket) error {
	have, err := secrets.All(ctx)
	if err != nil {
		return err
	}
	for key, value := range have {
		var v Verifier
		if !strings.HasPrefix(key, verifyPrefix) || !plain(value) || json.Unmarshal(value, &v) != nil || v.Sealed == nil {
			continue // one without is of a version before: its "puente apply" was the last
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

// verifier is what the door is to know of a channel. before is what it knows now, nil for nothing; the account it knew is the
// same where kept says so. earlier says that versions before have to find it, too.
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

// WatchVerifiers is [Watch] for the door: all channels, each with what its calls are judged by. It tells nothing before it has
// that of every channel whose settings are there, which are written after it: where an older version wrote the settings, it
// waits for "puente apply" of this one. A channel whose verifier cannot be read is logged and left out.
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

// readVerifier reads a stored verifier, nil where that cannot be done: it is there, and nobody need wait for it. An error would quote
// it.
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
