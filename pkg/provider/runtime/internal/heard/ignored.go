package heard

import (
	"log/slog"
	"sync"
)

// mostReasons bounds how many different words of one network are counted.
const mostReasons = 256

// Ignored counts what was of no interest, by its word. The first is logged, then the tenth, the hundredth and so on: that
// something is left out shows, and a busy group chat fills no log. Of no interest is only what the network's documentation
// calls so, and kinds that it may add at any time; anything else that cannot be read is a dead letter. It is safe for concurrent
// use; the zero value has counted nothing.
type Ignored struct {
	mu     sync.Mutex
	counts map[string]uint64 // by word, of all channels together; since the process began
}

// Tell notes one more, and logs it where its number is a power of ten; else at the level debug. word is the network's code's own, and
// holds nothing of the event.
func (i *Ignored) Tell(log *slog.Logger, network, channel, word string) {
	n := i.count(word)
	say := log.Debug
	if powerOfTen(n) {
		say = log.Info
	}
	say("event ignored", "network", network, "channel", channel, "why", word, "count", n)
}

// count is how often the word came, this time included.
func (i *Ignored) count(word string) uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.counts == nil {
		i.counts = map[string]uint64{}
	}
	// a word that is made of something in the event would fill the memory: the kit cannot see every one
	if i.counts[word] == 0 && len(i.counts) >= mostReasons {
		word = "anything else"
	}
	i.counts[word]++
	return i.counts[word]
}

// powerOfTen is true of 1, 10, 100 and so on.
func powerOfTen(n uint64) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
