// Package floor is what the bridge is measured against: the least that carries a message over as many hops, with a bare
// HTTP server and a bare HTTP client at its ends. It keeps no order, knows no channel, remembers nothing, looks nothing
// up, writes no history and understands no message: what is posted is what is relayed. Nothing in production uses it.
//
// An outbound message of the bridge makes five hops, and so it does here, over the very same streams (the bus makes
// them), with the same sync and replicas:
//
//	POST /channels/{channel}/message   a PubAck is waited for, then answered 200 with an id
//	  → MESSAGES          → the relay in the translator's place
//	  → EGRESS_<network>  → POST <network>/phone/<channel>/messages
//	  → OUTCOMES_<network>→ the relay in the translator's place
//	  → EGRESS_bonychat   → POST <platform>/platform/<channel>
//	  → OUTCOMES_bonychat → read
//
// An inbound one makes four, with as many HTTP calls in and out as of the bridge:
//
//	POST /webhooks/<network>/{channel}  a PubAck is waited for, then answered 200
//	  → WEBHOOKS_<network>→ the relay in the network's place
//	  → MESSAGES          → the relay in the translator's place
//	  → EGRESS_bonychat   → POST <platform>/platform/<channel>
//	  → OUTCOMES_bonychat → read
//
// A hop is: published with a message id, stored, delivered, and where the stream is a work queue acknowledged once the
// next hop is stored. Publishes are asynchronous, thousands may be under way, one consumer reads each stream, and each
// place has a connection of its own, as the services have. What the bridge does beyond it (the records of INDEX, the
// journal, outcomes by compare-and-set, lanes, ownership, decoding and checking) is what it costs.
package floor
