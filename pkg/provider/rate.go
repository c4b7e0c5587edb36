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
	// Account bounds all channels of one account together: those whose settings are the same, or whose account type says
	// so ([Identity]).
	Account Limit
	// Channel bounds one channel.
	Channel Limit
	// Contact bounds what one contact of a channel is sent.
	Contact Limit
}

// Identity is an account type that knows what the network counts budgets by, where that is less than all settings: two
// channels with two numbers of one customer have the same. It is not shown anywhere.
type Identity interface {
	Identity() string
}
