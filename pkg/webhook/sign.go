package webhook

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// ErrNotSignable means that the credential which the policy asks for cannot be made here: only the network has the private key, or the
// call lacks a part that is signed.
var ErrNotSignable = errors.New("nobody but the network can sign its calls")

// Sign is a copy of the call with the credential that the policy asks for, made with the account's secrets, as the network would send it.
// It is for trying a bridge. The call has to hold its public URL, because some networks sign it. The error is [ErrNotSignable] if the
// credential cannot be made.
func (p Policy) Sign(c Call, s Secrets) (Call, error) {
	signed, ok := proof.By(p.Verify).Sign(c, s)
	if !ok {
		return c, ErrNotSignable
	}
	if cause := p.Check(signed, s); cause != Authentic {
		return c, fmt.Errorf("%w: the policy finds what was made %s", ErrNotSignable, cause)
	}
	return signed, nil
}
