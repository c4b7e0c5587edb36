package operate

// Exit statuses.
const (
	OK       = 0
	Failed   = 1 // it could not be done
	Usage    = 2 // it was asked wrongly
	NotFound = 3 // there is no such thing
	NeedsYou = 4 // it was answered, and something needs a person
)

// Exit is an error that says how a command ends. Where the text is empty everything has been said.
type Exit struct {
	Status int
	Text   string
}

func (e *Exit) Error() string { return e.Text }

func exit(status int, text string) error { return &Exit{status, text} }
