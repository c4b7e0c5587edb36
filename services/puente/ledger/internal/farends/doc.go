// Package farends stands in for what a bridge of a ledger talks to: the network of each channel, as its vendor's API, and the
// platform. They write down all that they see, and fail on purpose: 5xx, resets before and after acceptance, Retry-After, slow
// answers, receipts before the answer and out of order, repeated webhooks, an outage of the platform. What strikes which call
// follows from the seed.
//
//	far := farends.New(farends.Options{Network: vendors.Phone, Channels: []string{"c0"}, Most: 1000, Recorder: r, Front: front, Client: client})
//	stop := far.Serve(ctx, listener, nil)
//	defer stop()
//
// What is sent, what is done to the bridge, and what must hold is not their job: see package ledger.
package farends
