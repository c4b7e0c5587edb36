package topology

// Platform is the name of the destination that is not a network. Its streams are EGRESS_bonychat and OUTCOMES_bonychat.
const Platform = "bonychat"

// Networks, channels and ids are single tokens of a subject: letters, digits, "-" and "_", without a dot. A value that is not, such as a
// contact's address, appears in a subject only as a partition or a digest. pkg/bus refuses a string that is no subject.

// WebhookSubject is where a raw call is stored.
func WebhookSubject(network, channel string) string {
	return "webhook." + network + "." + partition(ChannelPartitions, channel) + "." + channel
}

// MessageSubject is where a canonical message waits for the translator: one contact is always in one partition.
func MessageSubject(network, channel, address string) string {
	return "message." + partition(MessagePartitions, channel, address) + "." + network + "." + channel
}

// EgressSubject is where messages wait that are ready for a destination. far is the channel's network, or [Platform].
func EgressSubject(far, channel string) string {
	return "egress." + far + "." + partition(EgressPartitions, channel) + "." + channel
}

// EgressSubjects are those of all channels of a destination.
func EgressSubjects(far string) string { return "egress." + far + ".*.*" }

// OutcomeSubject is where the outcome of the send with this key is found.
func OutcomeSubject(far, channel, key string) string {
	return "outcome." + far + "." + partition(ChannelPartitions, channel) + "." + channel + "." + key
}

// ReceiptSubject is where a network's receipt waits; ref is a digest of the network's id.
func ReceiptSubject(network, channel, ref string) string {
	return OutcomeSubject(network, channel, "r-"+ref)
}

// StandingSubject holds the last change of a channel's standing: whether sending is held, and why.
func StandingSubject(far, channel string) string { return OutcomeSubject(far, channel, "standing") }

// StandingSubjects are those of all channels of a destination.
func StandingSubjects(far string) string { return "outcome." + far + ".*.*.standing" }

// SeenSubject is the record of an inbound message that was taken.
func SeenSubject(network, channel, id string) string {
	return "seen." + network + "." + channel + "." + id
}

// StateSubject is the record of where an outbound message stands.
func StateSubject(channel, id string) string { return "state." + channel + "." + id }

// RefSubject is the record that says which of our sends a network's id belongs to. ref is the id's digest.
func RefSubject(network, channel, ref string) string {
	return "ref." + network + "." + channel + "." + ref
}

// EarlySubject is the record of a receipt that came before its send's outcome.
func EarlySubject(network, channel, ref string) string {
	return "early." + network + "." + channel + "." + ref
}

// OpenSubject is the record of the messages that were last put on their way to a contact. contact is a digest.
func OpenSubject(network, channel, contact string) string {
	return MarkSubject(network, channel, "open-"+contact)
}

// MarkSubject is the record of how far a contact has read what it was sent. contact is a digest.
func MarkSubject(network, channel, contact string) string {
	return "mark." + network + "." + channel + "." + contact
}

// CallSubject is the record of the one call that a credential has admitted. credential is a digest.
func CallSubject(network, channel, credential string) string {
	return "call." + network + "." + channel + "." + credential
}

// SentSubject is where the text of a send is kept after its network took it, by the send's key.
func SentSubject(network, channel, key string) string {
	return "sent." + network + "." + channel + "." + key
}

// SentOfSeveral is where the texts of several sends of a network are stored as one message. The id tells it from all others. It stands
// in place of a channel's id, and no channel can have it.
func SentOfSeveral(network, id string) string { return SentSubject(network, "=several", id) }

// FileInfo is the last token of the subject that says what a file is.
const FileInfo = "info"

// FileSubject is where a piece of an attachment is, by its number from 0 in decimal, or [FileInfo]. The id is letters and digits.
func FileSubject(network, id, piece string) string { return "file." + network + "." + id + "." + piece }

// JournalSubject is where a channel's history is, of all its messages together.
func JournalSubject(network, channel string) string { return "journal." + network + "." + channel }

// JournalOfSeveral is where entries of several channels of a network are stored as one message. It stands in place of a channel's id, and
// no channel can have it.
func JournalOfSeveral(network string) string { return JournalSubject(network, "=several") }

// DeadSubject is where a service leaves what could not go on.
func DeadSubject(service, network, channel string) string {
	return "dead." + service + "." + network + "." + channel
}

// AuditSubject is where the record of one act of an operator is, by the act's id.
func AuditSubject(id string) string { return "audit." + id }

// The subjects on which a running process answers questions. Nothing of them is stored. Bodies are messages of puente.live.v1.

// LaneSubject is where the process that sends for a channel is asked how messages stand there. far is the network of the
// channel, or [Platform].
func LaneSubject(far, channel string) string { return "live.lane." + far + "." + channel }

// CheckSubject is where a network's service is asked what the network says of a channel's set-up.
func CheckSubject(network string) string { return "live.check." + network }

// DecodeSubject is where a network's service is asked to read a stored call with its decoder of today.
func DecodeSubject(network string) string { return "live.decode." + network }

// RefusalsSubject is where one process of ingress is asked what it has refused.
func RefusalsSubject(instance string) string { return "live.refused." + instance }
