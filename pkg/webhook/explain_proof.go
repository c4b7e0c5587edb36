package webhook

import (
	"encoding/json"
	"fmt"
	"strings"
)

// why says what is wrong with a signature.
func (p proof) why(c Call, s Secrets) string {
	place, sent, times := "the signature ("+p.sent.place()+")", p.sent.Find(c), 1
	if p.header != "" {
		values := c.Header.Values(p.header)
		place, sent, times = "the header "+p.header, strings.Join(values, ""), len(values)
	}
	switch {
	case p.problem() != nil:
		return p.problem().Error()
	case !p.live(s):
		return fmt.Sprintf("the account's %s is empty", p.secret)
	case times > 1:
		return fmt.Sprintf("%s is there %d times", place, times)
	case sent == "":
		return place + " is not there"
	case len(p.signatures(sent)) == 0:
		return fmt.Sprintf("%s is not written as a signature: %s", place, p.written())
	}
	for i, one := range p.only {
		if !one.holds(c, s) {
			data, _ := json.Marshal(one) // texts can always be written
			return fmt.Sprintf("the condition Only[%d] does not hold: %s", i, data)
		}
	}
	r := reading{Call: c, account: s, known: map[*Part][]byte{}}
	parts := p.parts()
	for i := range parts {
		data, _ := json.Marshal(parts[i])
		r.secret = "x" // there is one
		switch _, there := r.text(&parts[i]); {
		case !fit(parts[i:i+1], c):
			return fmt.Sprintf("Over[%d] is not there, since the body is no form but %q: %s", i, c.MediaType(), data)
		case !there:
			return fmt.Sprintf("Over[%d] is not there: %s", i, data)
		}
	}
	over, _ := json.Marshal(parts)
	return fmt.Sprintf("%s is not that of this call with the account's %s, over %s: something was changed after it was signed, it was signed with"+
		" another secret, or it is signed in another way", place, p.secret, over)
}

// written is how a signature has to be written.
func (p proof) written() string {
	how := string(p.encoding)
	if p.size > 0 {
		how += fmt.Sprintf(" of %d bytes", p.size)
	}
	if p.prefix != "" {
		how += fmt.Sprintf(" after %q", p.prefix)
	}
	if p.list.Separator != "" {
		how += fmt.Sprintf(", several with %q between them", p.list.Separator)
	}
	if p.list.Label != "" {
		how += fmt.Sprintf(", each labelled %q", p.list.Label)
	}
	return how
}
