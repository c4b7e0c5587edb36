package config

import "encoding/json"

// Network is what must be known of a network to read its channels. The package networks makes it of a driver: this one
// knows no network, so that a network's own program can read the file too.
type Network struct {
	// Name is what a channel's network names.
	Name string
	// Fields are the settings of an account; any other is a mistake.
	Fields []Field
	// Check says what else is wrong with an account. Each error is "account.<field>: <what>", or "account: <what>",
	// and holds no value.
	Check func(account json.RawMessage) []error
	// Verifies are the settings of an account that the network's calls are judged by.
	Verifies []string
	// Seal is what the door has to know of an account: see webhook.Policy.Seal. Nil where the network has no calls.
	Seal func(account json.RawMessage) (json.RawMessage, error)
	// Doc is the address of its documentation, WebhookPage that of the vendor's page about webhooks; "" for none.
	Doc, WebhookPage string
	// Called says that the network calls. Registers, that its service registers the webhook; Instructs, that it can say how a
	// person does.
	Called, Registers, Instructs bool
}

// Field is one setting of an account.
type Field struct {
	Name string
	// Secret says that it is a credential, and therefore a string.
	Secret bool
	// Many says that the credential may be a list of strings: while it is being changed there are two.
	Many bool
	// Doc is what it is and where the vendor shows it.
	Doc string
	// DocEs is Doc in Spanish; "" for none.
	DocEs string
	// Required says that an account without it is refused.
	Required bool
}
