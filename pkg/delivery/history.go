package delivery

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
)

// history is what is remembered of a message between its tries, and from one session to the next.
type history struct {
	key      string
	attempts uint32         // tries that count
	refusals uint32         // of these, how often the credential was refused
	alone    alone          // failures and refusals while others were taken
	waited   alone          // waits of the channel while others were taken
	first    time.Time      // of the tries with a bound of their own
	due      time.Time      // not to be tried before
	backed   int            // the channel's recoveries when a failure set due; 0 where something else did
	revision uint64         // of the last record under the key, 0 for none
	paid     bool           // the budget has been taken for the next try
	reason   string         // of the last try that failed
	noted    time.Time      // when a wait was last recorded
	intended bool           // another process meant to send it, and nobody knows what became of that
	intentAt time.Time      // when this process last meant to, as the record says
	stands   bool           // the record under the key is that one
	doubt    time.Time      // until when a receipt may settle whether it was taken; zero where nothing is in doubt
	refused  *result.Result // given up already: only its dead letter and its outcome are missing
	ended    *ending        // sent or given up already: only its outcome is missing
}
