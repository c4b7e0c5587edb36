package provider

import "context"

// Inspector asks the network where it calls for a channel. It changes nothing there. The errors are those of Send.
type Inspector interface {
	// Inspect asks where the network calls, webhookURL being where it should.
	Inspect(ctx context.Context, webhookURL string) (Inspection, error)
}

// Inspection is what a network knows of a channel's webhook.
type Inspection struct {
	// URL is where it calls; "" for nowhere.
	URL string
	// Good says that URL is the bridge's and that all else is as [Setter] would make it.
	Good bool
	// Waiting is how many calls wait at the network, nil where it does not tell.
	Waiting *int
	// LastError is why its last call failed, as the network says; "" for none, or where it does not tell.
	LastError string
}
