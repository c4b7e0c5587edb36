// Package record keeps what Puente remembers of messages: the records of the stream INDEX, one per subject, and the one
// state machine by which they change. Ingress, the translator and the replay of dead letters all write them, only through
// this package.
//
//	subject                               record     what it says                                           kept
//	state.<channel>.<id>                  State      where a message to a contact is                        8 or 31 days
//	seen.<network>.<channel>.<id>         Seen       dedupe record: a message to the platform was taken     8 days
//	ref.<network>.<channel>.<ref>         Ref        external id index: the send that a network's id means  8 days
//	early.<network>.<channel>.<ref>       Early      pending receipt: it came before its send's outcome     1 hour
//	mark.<network>.<channel>.<contact>    Mark       watermark: how far a contact has read                  8 days
//	mark.….open-<contact>                 Mark       the last messages that were put on their way to it     8 days
//	call.<network>.<channel>.<credential> Admission  the one call that a credential has admitted            as the policy says
//
// A ref is the digest of the id that a network gave a message ([RefDigest]), a contact and a credential are digests too: a
// subject holds nothing personal.
//
// # The state machine of one message
//
// A message to a contact, in the record State. Its parts are what the network is sent: one, or several where the text was
// too long for it.
//
//	                     no record
//	                         │
//	      void               │               claim
//	      ┌──────────────────┴──────────────────┐
//	      ▼                                     ▼
//	┌──────────┐    ┌─ taken, generation 0 ───────────────────────────────────┐
//	│   void   │    │  each part:                                             │
//	│          │    │             sent           delivered           read     │
//	│ the entry│    │   waiting ────────▶ sent ────────────▶ delivered ──▶ read
//	│ is to be │    │      │  failed        │ failed                          │
//	│ dropped  │    │      └─────▶ failed ◀─┘                                 │
//	└──────────┘    │                                                         │
//	                │  the message: failed as soon as one part is, else as    │
//	                │  far as the part that is furthest behind                │
//	                └──────┬──────────────────────────────────────────────────┘
//	                       │ replay: the parts that did not arrive wait again,
//	                       ▼ the others keep how far they came
//	                taken, generation 1, 2, …
//
//	event                    who causes it                                                  function
//	claim                    the translator, for an entry of MESSAGES                       [Index.ClaimOutbound]
//	void                     ingress, which told the platform that the message is not taken [Index.Void]
//	sent, failed (outcome)   the translator, for what egress stored in OUTCOMES             [Index.Advance]
//	sent … failed (receipt)  the translator, for what the network told of it later          [Index.Advance]
//	replay                   whoever replays its dead letters, or sends again what failed   [Index.ReplayOutbound]
//	                         by a receipt
//
// What always holds, whatever the order of events, and however often one is handled again:
//
//   - Void is for good, and a message that was taken is never void.
//   - A status only moves to the right. Steps may be left out: a receipt can come before the outcome. Failed is refused once
//     the part was delivered, and is final otherwise.
//   - A generation never goes down. News of a part counts only in the generation in which the part was last put on its way.
//     A replay takes each part to the generation behind its own, and the message one further each time.
//   - The outcome "sent" and a receipt of the same part end alike in either order.
//
// The status "sent" is written to the record like the others, though a receipt mostly follows soon. To tell the platform without writing
// it was built and measured. It saves one of the seven stored messages of a message to a contact, but no CPU that could be told from the
// scatter of the measurement. And the record would no longer say what the platform was told: after a crash, a hand-over or the loss of
// outcomes, each reader of it would have to find that out from other streams.
//
// A message to the platform has the record Seen: taken or not, and its generation ([Index.ClaimInbound],
// [Index.ReplayInbound]).
//
// # Who may call what
//
// Everything is safe for concurrent use, by several processes too: each write is a compare-and-set on the record's revision.
// What somebody else has changed meanwhile is read again and decided anew, a few times at most; then the error is
// [bus.ErrConflict], and nothing was written. Errors say which record they are about, and hold nothing personal.
package record
