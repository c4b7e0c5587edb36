package xmpp

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// Specifications that the code follows. Sections stand beside what is taken from them.
const (
	rfc       = "https://www.rfc-editor.org/rfc/rfc6120"
	component = "https://xmpp.org/extensions/xep-0114.html"
	receipts  = "https://xmpp.org/extensions/xep-0184.html"
	markers   = "https://xmpp.org/extensions/xep-0333.html"
	outOfBand = "https://xmpp.org/extensions/xep-0066.html"
	upload    = "https://xmpp.org/extensions/xep-0363.html"
)

// Network is everything Puente knows about XMPP.
var Network = provider.Network[Account]{
	Name: "xmpp", Doc: component, Reasons: &said,
	Carries: provider.Carries{
		// every server takes stanzas of 10,000 bytes; what is left is for what is around the text
		Text:  provider.Limit{Max: 8000, Unit: provider.Bytes, Page: rfc + "#section-13.12"},
		Image: upload, Video: upload, Audio: upload, File: upload,
	},
	Confirms: provider.Confirms{
		Receipts:   receipts,
		Failures:   rfc + "#section-8.3",
		OwnID:      receipts, // the id of the stanza is ours
		Watermarks: markers,
	},
	Pages:   provider.Pages{Errors: rfc + "#section-8.3.3"},
	Receive: receive,
	Open:    open,
	// with the way of a file; a stream whose server does not answer is given up before
	SendTimeout: 3 * time.Minute,
	Abilities: provider.Abilities{
		Listener: (*sender)(nil), Checker: (*sender)(nil), Fetcher: (*sender)(nil), Validator: Account{}, Identity: Account{}, Exclusive: Account{},
	},
}
