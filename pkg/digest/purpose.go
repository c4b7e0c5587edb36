package digest

// Purpose says what a digest is used for. Digests of one value with two purposes have nothing in common: nobody can tell that a digest
// in a subject and another one in a log are of the same contact. All purposes are listed below.
//
// A derived purpose has a key of its own, which HKDF makes of the deployment's key, so that a process can be given that key and no
// other. A purpose that is not derived uses the deployment's key itself, with its label before the parts. Earlier versions did so, and
// it has to stay so where their digests are looked up later, or where processes of two versions have to agree. The zero value
// is not a purpose.
type Purpose struct {
	label   string
	derived bool
}

// The purposes whose digests outlive an upgrade, or are made by processes of two versions at once. Each comment says where the digests are
// stored, and what would happen with another key.
var (
	// ForMessage is for ids of contacts' messages. In INDEX for 8 days. With another key a repeated call would be a second message.
	ForMessage = Purpose{label: "message"}
	// ForContent is for texts of messages. In INDEX for 8 days. With another key an edit that changes nothing would be a second message.
	ForContent = Purpose{label: "content"}
	// ForCall, ForCallKey and ForCallBytes are for calls whose credential admits one call. In INDEX for as long as the credential could
	// come again. With another key a repeat would be refused, or a second call admitted.
	ForCall      = Purpose{label: "call"}
	ForCallKey   = Purpose{label: "call-key"}
	ForCallBytes = Purpose{label: "call-bytes"}
	// ForRef is for networks' ids of messages. In INDEX for 31 days, in OUTCOMES for 2. With another key receipts would not find their
	// message.
	ForRef = Purpose{label: "ref"}
	// ForOwn is for our ids of sends that a network hands back. In OUTCOMES for 2 days. With another key an uncertain send would not find
	// its receipt, and be sent again.
	ForOwn = Purpose{label: "own"}
	// ForMark is for contacts that have read messages. In INDEX for 31 days. With another key a message that was read could stay unread.
	ForMark = Purpose{label: "mark"}
	// ForContact is for contacts: as their ids at the platform where a network's addresses do not fit, in CONTACTS, in the journal and in
	// REPLIES. The platform keeps them for ever. With another key each would be a new contact.
	ForContact = Purpose{label: "contact"}
	// ForNumber and ForAlias are for further addresses of contacts. In CONTACTS for ever. With another key one person would become two
	// contacts.
	ForNumber = Purpose{label: "number"}
	ForAlias  = Purpose{label: "alias"}
	// ForAccount is for credentials. In CHANNELS as long as the credential is refused. With another key every suspended channel would
	// try again, and again and again while processes of two versions run.
	ForAccount = Purpose{label: "account"}
	// ForIdentity is for accounts that share a rate. All processes of a service find a channel's owner by it. With two keys they would take
	// channels from each other.
	ForIdentity = Purpose{label: "identity"}
)

// The purposes whose digests nobody looks up after an upgrade.
var (
	// ForWebhook and ForReceipt are for calls and receipts, as message ids by which the broker drops repeats for two minutes. A later
	// repeat is recognised by ForMessage and ForRef.
	ForWebhook = Purpose{label: "webhook", derived: true}
	ForReceipt = Purpose{label: "receipt", derived: true}
	// ForFile is for ids of files that are made here. A file that is not found is stored once more; old links lead to the old one.
	ForFile = Purpose{label: "file", derived: true}
	// ForReplay is for counting contacts within one request, in one process.
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
