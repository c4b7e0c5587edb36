package bus

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/bus/internal/refusal"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
)

// What a request can be refused for, besides not reaching the broker. All are found by errors.Is, and all but ErrClosed are
// answers: nothing was written. Which of them a method returns stands in its comment.
var (
	// ErrNotFound means that there is no such record, key, message or file.
	ErrNotFound = errors.New("not found")
	// ErrNoStream means that there is no such stream.
	ErrNoStream = errors.New("there is no such stream")
	// ErrExists means that a record or key that was to be created is there.
	ErrExists = errors.New("exists already")
	// ErrConflict means that somebody else wrote in between: read again.
	ErrConflict = errors.New("changed by another")
	// ErrFull means that the channel's share of the stream is full ([topology.ChannelCap] messages): nothing but its destination
	// makes room. Other channels are not touched.
	ErrFull = errors.New("the backlog is full")
	// ErrNoRoom means that the store takes nothing more, of nobody: whoever publishes holds back what it has.
	ErrNoRoom = errors.New("the store is full")
	// ErrTooLarge means that the message is over the largest payload, 8 MB.
	ErrTooLarge = errors.New("the message is larger than 8 MB")
	// ErrClosed means that there is no connection and will be none: the process has to start again. What watches a bucket or answers
	// requests ends with it; single requests fail with the client's own error then.
	ErrClosed = errors.New("the connection to nats is closed")
)

// ErrName is returned for a subject, key, filter or name that cannot be one: it was not given to the broker, and never can
// be. To try it again is useless. The error tells lengths and places, and nothing of the text: it may be a stranger's.
var ErrName = valid.ErrName

// CheckFilter says whether a text can be a filter of subjects: 1 to 512 bytes, parts with dots between them, each of letters,
// digits, "-", "_", "/" and "=", or "*" for any one part, or a last ">" for all that follow. If not, the error is [ErrName].
// Whatever takes a filter looks by itself; this is for those who refuse one earlier, such as a control API.
func CheckFilter(filter string) error { return valid.Filter(filter) }

// CheckSubject says whether a text can be the subject of a message, as [CheckFilter] does for filters; neither "*" nor ">" stands
// in one. It is for those who gather what they publish, so that one that cannot be stored does not stop the others.
func CheckSubject(subject string) error { return valid.Subject(subject) }

// publishError says what a publish was refused for, in this package's errors where there is one. ErrFull is looked for first: its
// text holds the words of ErrNoRoom too.
func publishError(stream string, err error) error {
	switch {
	case refusal.ChannelFull(err):
		err = ErrFull
	case refusal.NoRoom(err):
		err = ErrNoRoom
	case refusal.TooLarge(err):
		err = ErrTooLarge
	case refusal.Conflict(err):
		err = ErrConflict
	}
	return fmt.Errorf("publish to %s: %w", stream, err)
}
