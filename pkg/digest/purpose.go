package digest

// Purpose is what a digest stands for. Digests of two purposes have nothing in common, whatever was digested: who finds one in a
// subject and another in a log cannot tell that they are of one contact. So whatever is digested for two places that must not be
// compared has two purposes, and the list of all of them is below; there are no others.
//
// Of a derived purpose the key is one of its own, that HKDF makes of the deployment's key: a process could be given that key and no
// other. A purpose that is not derived is digested with the deployment's key itself, its label before all parts. That is how
// versions before did it, and how it stays where their digests are looked for later, or where processes of two versions have to
// agree while both run. The zero value is no purpose.
type Purpose struct {
	label   string
	derived bool
}

// The purposes whose digests outlive an upgrade, or are made by processes of two versions at once. Each says what would become of them
// by another key.
var (
	// ForMessage are ids of contacts' messages. INDEX has them for 8 days: a call that a network repeats would be a second message.
	ForMessage = Purpose{label: "message"}
	// ForContent are what messages say. INDEX has them for 8 days: an edit that changes nothing would be a second message.
	ForContent = Purpose{label: "content"}
	// ForCall, ForCallKey and ForCallBytes are calls whose credential counts once. INDEX has them for as long as the credential could
	// come again: the call that was taken would be refused when the network repeats it, or a second one be taken.
	ForCall      = Purpose{label: "call"}
	ForCallKey   = Purpose{label: "call-key"}
	ForCallBytes = Purpose{label: "call-bytes"}
	// ForRef are networks' ids of messages. INDEX has them for 31 days, and OUTCOMES for 2: receipts would not find their message.
	ForRef = Purpose{label: "ref"}
	// ForOwn are our ids of sends, where a network hands them back. OUTCOMES has them for 2 days: a send in doubt would not find its
	// receipt, and go again.
	ForOwn = Purpose{label: "own"}
	// ForMark are contacts that read what they were sent. INDEX has them for 31 days: a message could be told as unread that was read.
	ForMark = Purpose{label: "mark"}
	// ForContact are contacts: to the platform, where a network's addresses are no ids, in CONTACTS, in the journal and in REPLIES.
	// The platform knows them for ever: each would be a new contact.
	ForContact = Purpose{label: "contact"}
	// ForNumber and ForAlias are further addresses of contacts. CONTACTS has them for ever: one person would become two contacts.
	ForNumber = Purpose{label: "number"}
	ForAlias  = Purpose{label: "alias"}
	// ForAccount are credentials. CHANNELS has the one that was refused until there is another: every suspended channel would try
	// again, again and again while processes of two versions run.
	ForAccount = Purpose{label: "account"}
	// ForIdentity are accounts that share a rate. All processes of a service find a channel's owner by it: those of two versions would
	// take channels from each other.
	ForIdentity = Purpose{label: "identity"}
)

// The purposes whose digests nobody looks for after an upgrade.
var (
	// ForWebhook and ForReceipt are calls and receipts as the broker's own net against repeats knows them, for two minutes. What it
	// lets through is known behind it, by its ForMessage and its ForRef.
	ForWebhook = Purpose{label: "webhook", derived: true}
	ForReceipt = Purpose{label: "receipt", derived: true}
	// ForFile are ids of files that are made here. One that is not found is stored once more; links lead to the one before.
	ForFile = Purpose{label: "file", derived: true}
	// ForReplay are contacts that one request counts, in one process.
	ForReplay = Purpose{label: "replay", derived: true}
)

// Purposes are all purposes.
func Purposes() []Purpose {
	return []Purpose{
		ForMessage, ForContent, ForCall, ForCallKey, ForCallBytes, ForRef, ForOwn, ForMark, ForContact, ForNumber, ForAlias, ForAccount, ForIdentity,
		ForWebhook, ForReceipt, ForFile, ForReplay,
	}
}

// String is the purpose's label.
func (p Purpose) String() string { return p.label }
