package webhook

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// ErrNotSignable means that nobody but the network can make the credential that its policy asks for: a signature of its private
// key, or of a form that the call does not have.
var ErrNotSignable = errors.New("nobody but the network can sign its calls")

// Sign is the call with the credential that the policy asks for, made with an account's own secrets: what the network would send,
// for trying a bridge. The call holds its public URL, which some networks sign. It is [ErrNotSignable] where that cannot be made. The
// call that is given stays as it is.
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
