package consume

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/bonychat/puente/pkg/lanes"
)

type retryAfter struct{ after time.Duration }

func (r retryAfter) Error() string { return fmt.Sprintf("not before %s", r.after) }

// RetryAfter is a handler's "come back then": nothing is wrong, and no try is counted.
func RetryAfter(after time.Duration) error { return retryAfter{after} }

type permanent struct{ reason string }

func (p permanent) Error() string { return p.reason }

// Permanent is a handler's "this can never be done": the entry goes to the dead letters with the reason, which holds no
// content and no personal data.
func Permanent(reason string) error { return permanent{reason} }

// lapsed is what becomes of a head while its lease is not valid: it is looked at again soon.
var lapsed = lanes.Next{Keep: true, After: 250 * time.Millisecond}

// Backoff is when a head is tried again that failed at our own broker: a growing pause, from 0.1 to 5 s, with jitter.
func Backoff(try int) lanes.Next {
	top := min(100*time.Millisecond<<min(try, 6), 5*time.Second)
	return lanes.Next{Keep: true, After: top/2 + rand.N(top/2)}
}
