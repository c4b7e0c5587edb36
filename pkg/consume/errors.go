package consume

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
)

// retryAfter is the error of [RetryAfter]; it is found by errors.As, wrapped too.
type retryAfter struct{ after time.Duration }

func (r retryAfter) Error() string { return fmt.Sprintf("not before %s", r.after) }

// RetryAfter is a handler's "come back then". Nothing is wrong, and no try is counted. What is behind the entry in its lane waits too. The
// entry may come back earlier, when the reading is interrupted.
func RetryAfter(after time.Duration) error { return retryAfter{after} }

// permanent is the error of [Permanent]; it is found by errors.As, wrapped too.
type permanent struct {
	why  reason.Reason
	body []byte // in place of the entry's; nil for that
}

func (p permanent) Error() string { return p.why.String() }

// Permanent is a handler's "this can never be done": the entry goes to the dead letters with the reason, for an operator to read. The
// reason holds no content and no personal data. An error that may pass must not be permanent, since nothing tries a dead letter
// again by itself.
func Permanent(why reason.Reason) error { return permanent{why: why} }

// PermanentOf is [Permanent] with what the dead letter is to hold in place of the entry's body: the entry as a replay is to
// read it.
func PermanentOf(why reason.Reason, body []byte) error { return permanent{why, body} }

// lapsed is what becomes of a head while its lease is not valid: it is looked at again soon. Another process may own
// the shard by now, so nothing may be begun; often the lease is valid again after an election of the broker.
var lapsed = lanes.Next{Keep: true, After: 250 * time.Millisecond}

// fault is an error of a handler where it says that something went wrong; a wait is none.
func fault(err error) error {
	if _, waits := errors.AsType[retryAfter](err); waits {
		return nil
	}
	return err
}

// Backoff is when a head is tried again that failed at our own broker. The longest pause doubles with each try, from
// 0.1 s before the first to 5 s; the pause is drawn from its upper half, so that many heads that failed together do
// not come back together.
func Backoff(try int) lanes.Next {
	top := min(100*time.Millisecond<<min(try, 6), 5*time.Second)
	return lanes.Next{Keep: true, After: top/2 + rand.N(top/2)}
}
