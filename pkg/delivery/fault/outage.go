package fault

import "time"

// Outage is a time in which the destination did not answer. The zero value is none.
type Outage struct {
	// Since is when it began, the zero time for none; Tries is how many were not answered.
	Since time.Time
	Tries int
}

// Failed counts a try that was not answered, and says whether an outage begins with it. first says that the message was not
// held up before by this process: one that fails by itself, while others are answered, must not begin an outage with each of
// its tries.
func (o *Outage) Failed(first bool, now time.Time) (begins bool) {
	begins = o.Since.IsZero() && first
	if begins {
		o.Since = now
	}
	if !o.Since.IsZero() {
		o.Tries++
	}
	return begins
}

// End ends it and returns what it was.
func (o *Outage) End() Outage {
	was := *o
	*o = Outage{}
	return was
}
