package runtime

import (
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
)

// ignoredAccount is what an event is counted under that is about an account without a channel here. Its call is answered
// with success all the same: the network would repeat it for days.
const ignoredAccount = "another account"

// owners finds the channels of a call's events: most are the called one's, and a network may tell at one channel's address
// of accounts that have another. One call is judged once for each account.
type owners struct {
	*runner
	called *channel            // the one that the call came to
	call   webhook.Call        // with its head and body as they came: signatures are over them
	found  map[string]*channel // by account; nil for one that no channel here may be told of
}

// of is the channel of an account, nil where there is none for which the call is authentic as well: whoever may sign for
// one channel may not write into the inbox of another.
func (o *owners) of(account string) *channel {
	if account == "" {
		return o.called
	}
	if c, known := o.found[account]; known {
		return c
	}
	c := o.find(account)
	if o.found == nil {
		o.found = map[string]*channel{}
	}
	o.found[account] = c
	return c
}

// find looks through all channels: an account that is none of ours is asked for once a call, and a network's calls name few.
// Of several channels of one account it takes the one with the lowest id, so that every process takes the same.
func (o *owners) find(account string) *channel {
	all, policy := o.channels.now.Load(), o.description.Webhook
	if all == nil || policy == nil {
		return nil
	}
	// channels are known by digests of their identity: the account that an event names is made one as well
	identity := o.identity(account)
	var found *channel
	for _, c := range *all {
		if c.identity != identity || found != nil && found.ID < c.ID {
			continue
		}
		// by this channel's own secrets: that the call was authentic for the called one proves nothing here
		if secrets, err := expr.SecretsOf(c.raw); err == nil && policy.Check(o.call, secrets) == webhook.Authentic {
			found = c
		}
	}
	return found
}
