package operator

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Kind is how the network fails.
type Kind string

// The kinds of failure.
const (
	TooMany     Kind = "too_many"     // 429 with Retry-After
	Broken      Kind = "broken"       // 5xx
	LostBefore  Kind = "lost_before"  // the connection drops, the message was not taken
	LostAfter   Kind = "lost_after"   // the connection drops, the message was taken
	Slow        Kind = "slow"         // the answer takes its time; goes together with another fault
	Refused     Kind = "refused"      // 422: this contact cannot be reached
	Undelivered Kind = "undelivered"  // taken, then a receipt that it failed
	Locked      Kind = "unauthorized" // 401: the credential is refused
)

// Fault makes calls fail. Give one of Next and Probability.
type Fault struct {
	Kind Kind `json:"kind"`
	// Contact is whose messages fail; "" for everybody's.
	Contact string `json:"contact,omitempty"`
	// Next is how many more calls fail.
	Next int `json:"next,omitempty"`
	// Probability is how many of the calls fail, over 0 up to 1, until [Operator.Mend].
	Probability float64 `json:"probability,omitempty"`
	// After is what Retry-After says, or how slow an answer is, in milliseconds; default 1,000.
	After int `json:"after_ms,omitempty"`
	// Status is that of broken; default 503.
	Status int `json:"status,omitempty"`
	// Account says that too_many is meant for the whole account, not for the contact.
	Account bool `json:"account,omitempty"`
}

var kinds = []Kind{TooMany, Broken, LostBefore, LostAfter, Slow, Refused, Undelivered, Locked}

// Validate joins all that is wrong with the fault.
func (f Fault) Validate() error {
	var errs []error
	if !slices.Contains(kinds, f.Kind) {
		errs = append(errs, fmt.Errorf("kind: must be one of %v", kinds))
	}
	if (f.Next > 0) == (f.Probability > 0) || f.Next < 0 || f.Probability < 0 || f.Probability > 1 {
		errs = append(errs, errors.New("next, probability: give a number of calls, or a share over 0 up to 1"))
	}
	if f.After < 0 || f.After > int(time.Hour/time.Millisecond) {
		errs = append(errs, errors.New("after_ms: must be 0 to 3600000"))
	}
	if f.Status != 0 && (f.Status < 500 || f.Status > 599) {
		errs = append(errs, errors.New("status: must be 500 to 599"))
	}
	return errors.Join(errs...)
}

func (f Fault) after() time.Duration {
	if f.After == 0 {
		return time.Second
	}
	return time.Duration(f.After) * time.Millisecond
}

// faults are the ones that are on. Each call passes all of them in order.
type faults struct {
	list []Fault
	dice *rand.Rand
}

const maxFaults = 1000

// strike says what happens to a call for the contact: how long it takes, and the first fault other than slow that
// strikes, zero for none. A fault that does not get its turn keeps its count.
func (fs *faults) strike(contact string) (delay time.Duration, struck Fault) {
	for i := range fs.list {
		f := &fs.list[i]
		if f.Contact != "" && f.Contact != contact || f.Kind != Slow && struck.Kind != "" {
			continue
		}
		if f.Probability > 0 && fs.dice.Float64() >= f.Probability {
			continue
		}
		if f.Next > 0 {
			if f.Next--; f.Next == 0 {
				f.Next = -1 // spent
			}
		}
		if f.Kind == Slow {
			delay += f.after()
		} else {
			struck = *f
		}
	}
	fs.list = slices.DeleteFunc(fs.list, func(f Fault) bool { return f.Next < 0 })
	return delay, struck
}

// Break adds a fault behind those that are on.
func (o *Operator) Break(f Fault) error {
	if err := f.Validate(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.faults.list) == maxFaults {
		return fmt.Errorf("at most %d faults at once", maxFaults)
	}
	o.faults.list = append(o.faults.list, f)
	return nil
}

// Mend takes all faults away.
func (o *Operator) Mend() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults.list = nil
}

// Faults are the ones that are on.
func (o *Operator) Faults() []Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Fault{}, o.faults.list...)
}
