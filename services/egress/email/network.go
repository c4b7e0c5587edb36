package email

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// The standards. Sections stand beside what is taken from them.
const (
	smtpPage   = "https://www.rfc-editor.org/rfc/rfc5321"
	formatPage = "https://www.rfc-editor.org/rfc/rfc5322"
	mimePage   = "https://www.rfc-editor.org/rfc/rfc2045"
	dsnPage    = "https://www.rfc-editor.org/rfc/rfc3464"
	askPage    = "https://www.rfc-editor.org/rfc/rfc3461"
	codesPage  = "https://www.rfc-editor.org/rfc/rfc3463"
)

// Network is everything Puente knows about e-mail.
var Network = provider.Network[Account]{
	Name: "email", Doc: formatPage, Reasons: &said,
	Carries: provider.Carries{
		// what a server has to take of a message is 64 kB (4.5.3.1.7), and all take far more
		Text:    provider.Limit{Max: 20_000, Page: smtpPage},
		Caption: provider.Limit{Max: 20_000, Page: smtpPage},
		Image:   mimePage, Video: mimePage, Audio: mimePage, File: mimePage,
	},
	Confirms: provider.Confirms{
		Receipts: dsnPage, Failures: dsnPage,
		OwnID: askPage, // ENVID, and our message id in the header that is returned
	},
	// No rate of all: providers count by the day, and say when it is enough.
	Rates: provider.Rates{Account: provider.Rate{Page: smtpPage}},
	Pages: provider.Pages{Errors: codesPage},
	// Servers look through a mail before they take it, and a file has to be fetched first.
	SendTimeout: 6 * time.Minute,
	// Each mail has a connection of its own, and Microsoft takes three at a time of a mailbox.
	Concurrency: 3,
	Receive:     receive,
	Open:        open,
	Abilities: provider.Abilities{
		Listener: (*sender)(nil), Fetcher: (*sender)(nil), Checker: (*sender)(nil),
		Validator: Account{}, Identity: Account{}, Agreed: Account{}, Exclusive: Account{},
	},
}
