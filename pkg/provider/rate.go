package provider

import "time"

// Limit is a budget: so many sends in a time, refilled steadily. The zero value is no limit.
type Limit struct {
	Sends int
	Per   time.Duration
	// Burst is how many may go at once after a pause; default Sends.
	Burst int
}

// PerSecond is a budget of n sends a second.
func PerSecond(n int) Limit { return Limit{Sends: n, Per: time.Second} }

// Rate is what a network takes. Each limit stands beside the vendor's URL.
type Rate struct {
	// Account bounds all channels that share a credential (see [Network].Open: equal accounts share a budget).
	Account Limit
	// Contact bounds what one contact of a channel is sent.
	Contact Limit
}
