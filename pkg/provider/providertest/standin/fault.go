package standin

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Fault is how one call fails. The zero value lets one message pass.
type Fault struct {
	// Call is the call that it is meant for, as the stand-in names its calls; "" for one that sends a message.
	Call string
	// To is the contact that a message must be for; "" for any.
	To string
	// Status answers with this HTTP status, or Code with this error of the network's own where it has numbers for them;
	// nothing is done.
	Status, Code int
	// RetryAfter goes with Status and Code where the network says when to come back.
	RetryAfter time.Duration
	// DropBefore closes the connection without an answer; nothing is done.
	DropBefore bool
	// DropAfter does what is asked for and closes the connection without an answer.
	DropAfter bool
	// Slow waits before anything else, until the caller gives up.
	Slow time.Duration
}

func (f Fault) wait(ctx context.Context) {
	if f.Slow <= 0 {
		return
	}
	select {
	case <-time.After(f.Slow):
	case <-ctx.Done():
	}
}

// Faults are those that calls still have to meet.
type Faults struct {
	mu      sync.Mutex
	waiting []Fault
}

// Fail makes the next calls fail, each in its way. A fault waits until a call comes that it is meant for.
func (s *Faults) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, faults...)
}

// TakeFault takes the first fault that is meant for a call: the zero value where there is none.
func (s *Faults) TakeFault(meant func(Fault) bool) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.waiting {
		if meant(f) {
			s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Answer is what a call is answered.
type Answer interface {
	Write(http.ResponseWriter)
}

// Serve answers a call as its fault lets it. do does what is asked for, or makes the answer of the fault's Status or Code.
// note is told the answer before it is written; dropped says that it never is, since the connection is closed or the caller
// has gone: then the answer is that of do, or the zero value where do was not called.
func Serve[A Answer](w http.ResponseWriter, r *http.Request, f Fault, do func() A, note func(a A, dropped bool)) {
	f.wait(r.Context())
	var a A
	if !f.DropBefore {
		a = do()
	}
	dropped := f.DropBefore || f.DropAfter || r.Context().Err() != nil
	note(a, dropped)
	if dropped {
		panic(http.ErrAbortHandler) // closes the connection
	}
	a.Write(w)
}
