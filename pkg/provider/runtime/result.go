package runtime

import (
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// resultOf is what the error of a send says of it, with the network's name in the code of its reason: "blocked" of telegram is
// "telegram.blocked". nil is sent; an error that nobody classified is tried again for a while ([outcome.Classify]).
func resultOf(network string, err error) result.Result {
	if err == nil {
		return result.Result{Class: result.Sent}
	}
	r := outcome.Classify(err).Result
	r.Reason = r.Reason.Of(network)
	return r
}

// bound is a rate without the vendor's page, as package delivery counts it. The zero rate bounds nothing.
func bound(r provider.Rate) result.Rate {
	return result.Rate{Sends: r.Sends, Per: r.Per, Burst: r.Burst}
}
