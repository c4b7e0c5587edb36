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
