package signing

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// Why says in words what is wrong with the signature of a call that is refused. It holds no value of a credential.
func (p Signing) Why(c expr.Call, s expr.Secrets) string {
	place, sent, times := "the signature ("+p.Sent.Place()+")", p.Sent.Find(c), 1
	if p.Header != "" {
		values := c.Header.Values(p.Header)
		place, sent, times = "the header "+p.Header, strings.Join(values, ""), len(values)
	}
	switch {
	case p.Problem() != nil:
		return p.Problem().Error()
	case !s.Has(p.live()):
		return fmt.Sprintf("the account's %s is empty", p.Secret)
	case times > 1:
		return fmt.Sprintf("%s is there %d times", place, times)
	case sent == "":
		return place + " is not there"
	case len(p.signatures(sent)) == 0:
		return fmt.Sprintf("%s is not written as a signature: %s", place, p.written())
	}
	for i, one := range p.Only {
		if !one.Holds(c, s) {
			data, _ := json.Marshal(one) // texts can always be written
			return fmt.Sprintf("the condition Only[%d] does not hold: %s", i, data)
		}
	}
	r := signed.Read(c, s).With("x", 0) // there is a secret
	parts := p.parts()
	for i := range parts {
		data, _ := json.Marshal(parts[i])
		switch there := r.Finds(&parts[i]); {
		case !parts[i : i+1].Fits(c):
			return fmt.Sprintf("Over[%d] is not there, since the body is no form but %q: %s", i, c.MediaType(), data)
		case !there:
			return fmt.Sprintf("Over[%d] is not there: %s", i, data)
		}
	}
	over, _ := json.Marshal(parts)
	return fmt.Sprintf("%s is not that of this call with the account's %s, over %s: something was changed after it was signed, it was signed with"+
		" another secret, or it is signed in another way", place, p.Secret, over)
}

// written is how a signature has to be written.
func (p Signing) written() string {
	how := string(p.Encoding)
	if p.Size > 0 {
		how += fmt.Sprintf(" of %d bytes", p.Size)
	}
	if p.Prefix != "" {
		how += fmt.Sprintf(" after %q", p.Prefix)
	}
	if p.List.Separator != "" {
		how += fmt.Sprintf(", several with %q between them", p.List.Separator)
	}
	if p.List.Label != "" {
		how += fmt.Sprintf(", each labelled %q", p.List.Label)
	}
	return how
}
