// Package vendors has the APIs of vendors that the far ends of a ledger can speak. Behind every vendor is the one stand-in for
// the phone network, with the same faults and the same notes, so that a run with WhatsApp or LINE tests the bridge's service
// for it, and nothing else differs.
//
// A [Vendor] only translates: a call of its API becomes one of the phone network at the [Gate], and a call of the phone
// network one of the vendor's. It strikes with no fault, and writes nothing down: package ledger does.
package vendors
