package config

import "encoding/json"

// Network is what this package has to know of a network to read its channels. Package networks makes it from the network's driver. So
// this package imports no network, and the program of one network can read the file too.
type Network struct {
	// Name is what stands in the file as a channel's network, such as "telegram".
	Name string
	// Fields are the settings of an account. Any other name in an account is a mistake.
	Fields []Field
	// Check says what else is wrong with an account, a JSON object. Each error reads "account.<field>: <what>" or "account: <what>",
	// and holds no value: it is shown to people.
	Check func(account json.RawMessage) []error
	// Claim is what of a valid account only one channel of the network can have, and the setting that says it; an empty value is
	// nothing. nil where channels may be alike. The value is compared, and not shown.
	Claim func(account json.RawMessage) (field, value string)
	// Verifies names the settings by which calls of the network are verified. When one of them changes, ingress has to know.
	Verifies []string
	// Seal makes of an account what ingress has to know to verify calls, without the keys: see webhook.Policy.Seal. nil where the
	// network makes no calls.
	Seal func(account json.RawMessage) (json.RawMessage, error)
	// Doc is the address of its documentation, WebhookPage that of the vendor's page about webhooks; "" for none.
	Doc, WebhookPage string
	// Called says that the network makes calls to a webhook. Registers says that its service registers the webhook by itself,
	// Instructs that it can tell a person how to.
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
	// Label is what it is called on a page, LabelEs the same in Spanish; "" for none.
	Label, LabelEs string
	// Kind is what its value is.
	Kind Kind
	// Values are all that it can have, the one that counts where it is missing first; none where anything may stand there.
	Values []string
}

// Kind is what the value of a setting is.
type Kind string

// The kinds of values. Any other is a text, or what its network says.
const (
	Number Kind = "number"
	Switch Kind = "switch" // true or false
)
