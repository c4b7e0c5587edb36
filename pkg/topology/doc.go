// Package topology says which streams, subjects, buckets and records a deployment has, as data. It does no I/O and knows no
// broker: package bus/provision makes the streams so, and everybody builds and parses subjects here, so that a subject's form
// stands in one place.
//
// A message's way, with the names of this package:
//
//	webhook.<network>.<p>.<channel>            a network's raw call       [Webhooks]
//	message.<p>.<network>.<channel>            a canonical message        [Messages]
//	egress.<far>.<p>.<channel>                 ready for a destination    [Egress]
//	outcome.<far>.<p>.<channel>.<key>          what became of the send    [Outcomes]
//	seen. state. ref. early. mark. call.       records                    [Index]
//	journal.<network>.<channel>                history for people         [Journal]
//	dead.<service>.<network>.<channel>         what could not go on       [Dead]
//	audit.<id>                                 what an operator did       [Audit]
//	file.<network>.<id>.<piece>                an attachment              [Files]
//
// far is a destination: a network, or [Platform]. p is a partition. An address of a contact, or a network's own id, has to be made a
// digest (bus.Bus.Digest) before it is given to a function here: operators read subjects, and a dot in an id would make another
// subject of it. This package does not check that; the bus refuses strings that are no subject. Everything is safe for
// concurrent use, since nothing changes.
package topology
