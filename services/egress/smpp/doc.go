// Package smpp is the SMPP 3.4 network: short messages over a connection to an SMSC, of a carrier or an aggregator.
//
// One bind, a transceiver or a transmitter with a receiver, is held by whoever listens to the channel, and is what messages
// go over. Texts go in GSM 03.38 or UCS-2, long ones in parts that the phone joins; long ones that come in are
// joined here. A contact is a phone number.
//
// The codec is internal/pdu, 300 lines of our own: a library brings sessions, reconnecting and goroutines of its own, which
// the bridge has to have in its hands, since a message is acknowledged only once it is stored.
//
//	runtime.Main(smpp.Network)
package smpp
