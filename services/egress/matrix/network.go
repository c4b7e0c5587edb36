// Package matrix is the Matrix network: a channel is an application service of a homeserver, and customers of any
// homeserver write to it.
//
// # The channel's user
//
// An application service speaks as users of its own, "ghosts". Here it has one, @<user_prefix>:<server_name>, for the
// whole channel: the platform does not tell which of its agents writes, so that a ghost for each of them could never be
// chosen. It is what customers search for and invite, so its name is the operator's to choose. Each channel has a
// registration of its own at the homeserver, since a registration has one address that is called and one pair of tokens.
//
// # Contacts and rooms
//
// A contact is a Matrix user id; a person is one contact, whatever rooms they write in. Which room an answer goes to is
// found out when it is sent: the one where the contact wrote last, which each message leaves behind as its
// [provider.Reply]; where that is a day ago, the one that is recorded in the ghost's account data on the homeserver, one
// record a contact, so that nothing is kept here. (The usual record, m.direct, is one document of all contacts: it grows
// with them, and two sends at once would undo each other.) A contact who left is invited again; where there is no room,
// one is made. A room is made under an alias that derives from the message: a try that was not answered is found again.
//
// Customers invite the ghost and write at once, before it could join, and a homeserver calls nobody about rooms that
// nobody of theirs is in. So [provider.Listener] keeps a sync open as the ghost: it joins, reads what was written before,
// and hands it over in the form of a transaction. A room with more than one other person in it is left again.
//
// Messages come by transactions, PUT …/transactions/{id}. A homeserver sends nothing more while one is refused, so
// whatever is authentic is taken, and what cannot be read goes to the dead letters. Read receipts come by the sync, or by
// transactions where the homeserver pushes them. What the ghost sent comes back in transactions: it says so itself in
// each message, see mark.
//
// # Encrypted rooms
//
// The bridge has no keys. A message of an encrypted room is shown as one that cannot be read, and the answer to it goes
// to a room without encryption, to which the contact is invited.
package matrix

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// spec is the page about how clients, and so application services, talk to a homeserver.
const spec = "https://spec.matrix.org/latest/client-server-api/"

// maxWords is the longest text or caption in bytes. An event may have 65,536 bytes as JSON with its signatures:
// https://spec.matrix.org/latest/client-server-api/#size-limits. In JSON a text takes up to twice its bytes.
const maxWords = 30000

// Network is everything Puente knows about Matrix.
var Network = provider.Network[Account]{
	Name:    "matrix",
	Doc:     "https://spec.matrix.org/latest/application-service-api/",
	Reasons: &said,
	Carries: provider.Carries{
		Text:            provider.Limit{Max: maxWords, Unit: provider.Bytes, Page: spec + "#size-limits"},
		Caption:         provider.Limit{Max: maxWords, Unit: provider.Bytes, Page: spec + "#media-captions"},
		Image:           spec + "#mimage",
		Video:           spec + "#mvideo",
		Audio:           spec + "#maudio",
		File:            spec + "#mfile",
		Location:        spec + "#mlocation",
		LocationAddress: spec + "#mlocation", // in the body
	},
	Confirms: provider.Confirms{
		Receipts:       spec + "#receipts",
		Watermarks:     spec + "#receipts", // "up to a given point in the timeline"
		IdempotencyKey: spec + "#transaction-identifiers",
	},
	// An application service with rate_limited: false is not limited, where the homeserver keeps to it; else it says how
	// long to wait.
	Rates: provider.Rates{Account: provider.Rate{Page: "https://spec.matrix.org/latest/application-service-api/#registration"}},
	Pages: provider.Pages{
		Webhook: "https://spec.matrix.org/latest/application-service-api/#authorization",
		Errors:  spec + "#standard-error-response",
	},
	Webhook: policy,
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher:    (*sender)(nil),
		Checker:    (*sender)(nil),
		Setter:     (*sender)(nil),
		Instructor: (*sender)(nil),
		Listener:   (*sender)(nil),
		Called:     (*sender)(nil),
		Validator:  Account{},
	},
	// an attachment may take a download, an upload of 100 MB and a new room
	SendTimeout: 3 * time.Minute,
}

// https://spec.matrix.org/latest/application-service-api/#homeserver---application-service-api
const (
	api          = "/_matrix/app/v1"
	transactions = "/transactions/"
)

var policy = &webhook.Policy{
	// https://spec.matrix.org/latest/application-service-api/#authorization; older homeservers send the query
	Verify:  proof.AnyOf{proof.Token{Bearer: true, Secret: "hs_token"}, proof.Token{Query: "access_token", Secret: "hs_token"}},
	Methods: []string{"PUT"},
	// Synapse puts up to 100 events of 64 KiB into a transaction, and a refused one holds back all that follow
	MaxBody: webhook.LargestMaxBody,
	// With the events, since Dendrite names a transaction by its first event: after a failure it may hold more than it did
	// under the same name (appservice/consumers/roomserver.go).
	Dedupe: expr.FirstOf(repeat(api+transactions), repeat(transactions)),
	Handshakes: []webhook.Handshake{
		// https://spec.matrix.org/latest/application-service-api/#post_matrixappv1ping
		{When: []expr.Condition{expr.PathIs(api + "/ping")}, Answer: done},
		// Asked about a user or a room that the homeserver does not know: there is none, since the ghost is registered and
		// rooms are made beforehand. https://spec.matrix.org/latest/application-service-api/#querying
		unknown(api + "/users/"), unknown(api + "/rooms/"), unknown("/users/"), unknown("/rooms/"),
		unknown(api + "/thirdparty/"),
	},
	Accepted: done,
	Refused: map[webhook.Cause]webhook.Answer{
		webhook.Unsigned: refused(401, "M_UNAUTHORIZED"),
		webhook.Forged:   refused(403, "M_FORBIDDEN"),
		webhook.Method:   refused(405, "M_UNRECOGNIZED"),
		webhook.TooLarge: refused(413, "M_TOO_LARGE"),
	},
}

var done = webhook.Answer{Status: 200, ContentType: "application/json", Body: "{}"}

func refused(status int, code string) webhook.Answer {
	return webhook.Answer{Status: status, ContentType: "application/json", Body: `{"errcode":"` + code + `"}`}
}

func unknown(path string) webhook.Handshake {
	return webhook.Handshake{
		When: []expr.Condition{expr.MethodIs("GET"), expr.PathIs(path)}, Answer: refused(404, "M_NOT_FOUND"),
	}
}

// repeat is what is the same in a repeated transaction.
func repeat(path string) expr.Expr {
	return expr.Join(expr.PathAfter(path), expr.JSON("events[].event_id"))
}
