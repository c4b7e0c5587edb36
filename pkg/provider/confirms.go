package provider

// Confirms says what a network tells of messages and contacts besides the messages themselves. Each is the vendor's page
// that says so; "" means that the network does not tell it. The zero value tells nothing: a message that the network took
// is sent, and no more is known of it.
type Confirms struct {
	// Receipts means that the network tells what became of a message after it took it.
	Receipts Page `json:"receipts,omitempty"`
	// OwnID means that every receipt hands our [IdempotencyKey] back: one without is about something that this bridge did
	// not send. It needs Receipts.
	OwnID Page `json:"own_id,omitempty"`
	// Watermarks means that a receipt may be about all that a contact was sent so far. It needs Receipts.
	Watermarks Page `json:"watermarks,omitempty"`
	// Echoes means that what the business sends by other means, such as an app, comes in too.
	Echoes Page `json:"echoes,omitempty"`
	// Aliases means that one person may have several addresses: the network answers a send with another one than it was
	// given, or tells several with what the person writes.
	Aliases Page `json:"aliases,omitempty"`
	// IdempotencyKey means that the network drops the repeat of a send that has the same [IdempotencyKey].
	IdempotencyKey Page `json:"idempotency_key,omitempty"`
}
