// Package fault judges whose fault it is that a destination does not take a message: that of the credential ([Refusals]), of this one
// message ([Alone]), or of the destination, which does not answer anybody ([Outage]; package circuit decides by that when to ask).
//
// It is data with rules: it has no clock, no lock and no goroutine. Whoever has a value of it says what time it is, and guards it.
package fault
