package fault

import "time"

// Refusals are the contacts for whom the destination refused the channel's credential. From them follows whether the credential is at
// fault, or what these contacts were to be sent. The zero value is ready.
type Refusals struct {
	// lanes are those that were refused since something was last taken.
	lanes map[string]bool
	// apart are those that were refused while others were taken: they say nothing of the channel until they are
	// taken.
	apart map[string]bool
	// last is who was refused last; "" for nobody since something was taken.
	last string
}

const (
	// suspendAt is how many contacts have to be refused in a row where something was taken lately.
	suspendAt = 5
	// Lately is how long one message that was taken says that the credential is good.
	Lately = time.Minute
	// lanesKept bounds the contacts that are remembered.
	lanesKept = 1000
)

// Refused notes a refusal of a contact. lately says that a message of the channel was taken within [Lately]. counts says that the
// refusal tells something of the channel, suspends that nobody gets through: the channel is to be suspended.
func (f *Refusals) Refused(lane string, lately bool) (counts, suspends bool) {
	// it is known that this contact is refused while others are taken
	if lately && f.apart[lane] {
		return false, false
	}
	// the same contact was refused again, with nothing taken in between
	again := f.lanes[lane]
	if f.lanes == nil {
		f.lanes = map[string]bool{}
	}
	if len(f.lanes) < lanesKept {
		f.lanes[lane] = true
	}
	f.last = lane
	return true, !lately || again || len(f.lanes) >= suspendAt
}

// Taken notes that a contact's message was taken: the credential is good, so who was refused before was refused for
// itself.
func (f *Refusals) Taken(lane string) {
	for other := range f.lanes {
		if f.apart == nil {
			f.apart = map[string]bool{}
		}
		if len(f.apart) < lanesKept {
			f.apart[other] = true
		}
	}
	delete(f.apart, lane)
	f.lanes, f.last = nil, ""
}

// Steps is how often a contact is to let others go first when the channel is probed: once where it was refused since something was taken,
// and once more where it was refused last.
func (f *Refusals) Steps(lane string) (steps int) {
	if f.lanes[lane] {
		steps++
	}
	if f.last == lane {
		steps++
	}
	return steps
}

// Fresh says that it knows no more than the zero value.
func (f *Refusals) Fresh() bool { return len(f.lanes)+len(f.apart) == 0 }
