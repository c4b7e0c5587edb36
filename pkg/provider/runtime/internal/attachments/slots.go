package attachments

import "sync"

// slots bound how many attachments are fetched at once. A network's host that does not answer holds a fetch for a
// minute: with a bound for each channel, and one for all that is below the lanes of a partition, it holds back its own
// channel's attachments and nobody's texts. How long something waits for a slot has a bound of its own: see [Tries].
//
// It is safe for concurrent use; the zero value has all slots free.
type slots struct {
	mu    sync.Mutex
	all   int            // taken by all channels
	using map[string]int // by channel
}

const (
	// atOnce is below the lanes of a partition: some are always left for what has no attachment. It is of one process: each
	// of several has as many.
	atOnce = 48
	// ofChannel leaves slots for five other channels, where one waits for a host that does not answer.
	ofChannel = 8
)

// begin takes a slot, where there is one; done gives it back, and is to be called once. It does not wait: a lane that waits costs no
// goroutine, a call that waits does.
func (s *slots) begin(channel string) (done func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == atOnce || s.using[channel] == ofChannel {
		return nil, false
	}
	if s.using == nil {
		s.using = map[string]int{}
	}
	s.all++
	s.using[channel]++
	return func() { s.end(channel) }, true
}

func (s *slots) end(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.using[channel]--; s.using[channel] == 0 {
		delete(s.using, channel)
	}
}
