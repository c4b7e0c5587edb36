// Package intake reads the bodies of calls, from whomever they come: each within its own limit, and all together within a [Budget], so
// that strangers who send much, or slowly, take neither the memory nor the turn of others.
//
//	held := budget.Hold(channel, caller)
//	defer held.Release()
//	data, err := intake.Read(w, r, 256<<10, held)
//
// A body takes memory as it comes, whatever was announced. Nobody waits for room: a call for which there is none is [ErrBusy] at once.
package intake
