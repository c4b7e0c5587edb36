// Package outcomes says whose an outcome is, and remembers those that were stored last.
package outcomes

import (
	"strings"
	"sync"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Of is an outcome of an event, as of now, with what the event says of its message: whoever reads the outcome need not have the
// event. Key, channel, tries and reason are for the caller to add.
func Of(e *eventv1.Event, result eventv1.Result) *eventv1.Outcome {
	o := &eventv1.Outcome{Result: result, At: timestamppb.Now(), Parts: 1}
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		describe(o, k.Message)
	case *eventv1.Event_Echo:
		describe(o, k.Echo.GetMessage())
	case *eventv1.Event_Status:
		o.Id, o.Generation, o.Address = k.Status.GetId(), k.Status.GetGeneration(), k.Status.GetAddress()
		o.AcceptedAt, o.Network = k.Status.GetAcceptedAt(), k.Status.GetNetwork()
	}
	return o
}

// describe says which message an outcome is of, and which part of it.
func describe(o *eventv1.Outcome, m *messagev1.Message) {
	o.Id, o.Generation, o.Address, o.AcceptedAt = m.GetId(), m.GetGeneration(), m.GetContact().GetAddress(), m.GetAcceptedAt()
	o.Direction, o.Network = m.GetDirection(), m.GetNetwork()
	if p := m.GetPart(); p != nil {
		o.Part, o.Parts = p.GetIndex(), p.GetCount()
	}
}

// Word is a result in one word, for the log and metrics: a closed set.
func Word(r eventv1.Result) string { return strings.ToLower(strings.TrimPrefix(r.String(), "RESULT_")) }

// Finished remembers which sends have had their final outcome, of all channels of a destination: a message that is read again is
// not looked up or sent again. What it has forgotten is found on OUTCOMES_*. It is safe for concurrent use.
type Finished struct {
	mu sync.Mutex
	// results are by the key of the send; order are the same keys, the oldest first.
	results map[string]eventv1.Result
	order   []string
}

// finishedKept bounds what is remembered, in keys. The oldest go first.
const finishedKept = 1 << 16

// NewFinished is one that remembers nothing yet.
func NewFinished() *Finished { return &Finished{results: map[string]eventv1.Result{}} }

// Add remembers a final result. The first one under a key stays.
func (f *Finished) Add(key string, result eventv1.Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.results[key]; ok {
		return
	}
	if len(f.order) == finishedKept {
		delete(f.results, f.order[0])
		f.order = f.order[1:]
	}
	f.results[key] = result
	f.order = append(f.order, key)
}

// Get is the result under a key, and whether one is remembered.
func (f *Finished) Get(key string) (eventv1.Result, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.results[key]
	return r, ok
}

// Has says that a final result is remembered.
func (f *Finished) Has(key string) bool {
	_, ok := f.Get(key)
	return ok
}
