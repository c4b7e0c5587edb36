// Package topology says which streams, subjects, buckets and records a deployment has, as data. It does no I/O and knows no
// broker: package bus/provision makes the streams so, and everybody builds and parses subjects here, so that a subject's form
// stands in one place.
//
// A message's way, with the names of this package:
//
//	webhook.<network>.<p>.<channel>            a network's raw call       [Webhooks]
//	message.<p>.<network>.<channel>            a canonical message        [Messages]
//	egress.<far>.<channel>                     ready for a destination    [Egress]
//	outcome.<far>.<p>.<channel>.<key>          what became of the send    [Outcomes]
//	seen. state. ref. early. mark. call.       records                    [Index]
//	journal.<network>.<channel>                history for people         [Journal]
//	dead.<service>.<network>.<channel>         what could not go on       [Dead]
//	audit.<id>                                 what an operator did       [Audit]
//	file.<network>.<id>.<piece>                an attachment              [Files]
//
// far is a network, or [Platform]; p is a partition. What names a contact, or is a network's own id, has to be a digest before it
// is given to a function here (bus.Bus.Digest): subjects are read by operators, and dots in an id would make it another subject.
// Nothing here looks at that; the bus refuses what no subject can be. Everything is safe for concurrent use: nothing changes.
package topology
