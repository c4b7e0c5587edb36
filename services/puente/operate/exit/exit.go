// Package exit says how a command ends: the statuses that a shell or a monitor sees, and an error that carries one.
package exit

// Exit statuses.
const (
	OK       = 0
	Failed   = 1 // it could not be done
	Usage    = 2 // it was asked wrongly
	NotFound = 3 // there is no such thing
	NeedsYou = 4 // it was answered, and something needs a person
)

// Error is an error that says how a command ends. Where the text is empty everything has been said.
type Error struct {
	Status int
	Text   string
}

// Error is the text, for people.
func (e *Error) Error() string { return e.Text }

// With is an [Error].
func With(status int, text string) error { return &Error{status, text} }
