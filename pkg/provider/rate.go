package provider

import "time"

// Rate is how often something may be sent, refilled steadily, and the vendor's page that says so. The zero value keeps no
// limit beforehand: what the network refuses waits as it says. One without Sends may have a page that says why.
type Rate struct {
	// Sends is how many there may be in Per: 30 in a second. 0 means no limit that is kept beforehand.
	Sends int `json:"sends,omitempty"`
	// Per is required with Sends; in JSON it is nanoseconds.
	Per time.Duration `json:"per,omitempty"`
	// Burst is how many may go at once after a pause; default Sends.
	Burst int `json:"burst,omitempty"`
	// Page is required with Sends.
	Page Page `json:"page,omitempty"`
}

// PerSecond is a rate of n sends a second.
func PerSecond(n int, page Page) Rate { return Rate{Sends: n, Per: time.Second, Page: page} }

// Rates is how much a network takes, by whom it counts. They hold together: a send needs room in each.
type Rates struct {
	// Account is that of all channels of one account together: those whose settings are the same, or whose account type
	// says so ([Identity]).
	Account Rate `json:"account,omitzero"`
	// Channel is that of one channel.
	Channel Rate `json:"channel,omitzero"`
	// Contact is that of what one contact of a channel is sent.
	Contact Rate `json:"contact,omitzero"`
}
