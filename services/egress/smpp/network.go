package smpp

import (
	"github.com/bonychat/puente/pkg/provider"
)

// specification is SMPP v3.4, issue 1.2. Sections stand beside what is taken from it.
const specification = "https://smpp.org/SMPP_v3_4_Issue1_2.pdf"

// partsPage is 3GPP TS 23.040, which says how a phone joins parts: 9.2.3.24.1.
const partsPage = "https://www.etsi.org/deliver/etsi_ts/123000_123099/123040/"

// Network is everything Puente knows about SMPP.
var Network = provider.Network[Account]{
	Name: "smpp", Doc: specification, Reasons: &said,
	Carries: provider.Carries{
		// Ten SMS: a phone could join 255, and no carrier likes that.
		Text: provider.Limit{Max: 10 * 153, Unit: provider.GSM7, Page: partsPage},
	},
	Confirms: provider.Confirms{
		Receipts: specification, // 5.2.17, appendix B
		Failures: specification,
	},
	// No rate of all: that of the contract is the account's. What is too much is answered 0x58, and waits.
	Rates:     provider.Rates{Account: provider.Rate{Page: specification}},
	Pages:     provider.Pages{Errors: specification}, // 5.1.3
	Receive:   receive,
	Open:      open,
	Abilities: provider.Abilities{Listener: (*sender)(nil), Checker: (*sender)(nil), Validator: Account{}, Identity: Account{}, Agreed: Account{}, Exclusive: Account{}},
}
