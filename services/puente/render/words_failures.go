package render

// FailureWords are about what did not arrive.
type FailureWords struct {
	Letter        Noun
	None, NoDead  string
	NoResent      string
	NoWord        string // the flag, what was given, what there is
	SoFar         string // how many
	More          string // how many are shown, how many can be
	Total         string // how many
	SentAgain     string // how many messages
	OtherNetwork  string // the channel, its network, the one that was named
	NoNetwork     string // the network, those that there are
	NoLetter      string // its number
	Cut           string
	Blanked       string // the letter's number
	ChooseDiscard string
	WouldDiscard  string // how many
	Discarded     string // how many
	BeSure        string
}

// ReplayWords are about sending again.
type ReplayWords struct {
	Contact     Noun
	Choose      string
	WaitBound   string // the longest
	SoFar       string // how many
	Interrupted string
	NoKey       string // the key or the number
	Nothing     string
	Left        string // how many
	Twice       string // beside a result
	TwiceOf     string // how many
	LeftOut     string // how many
}

// OrderWords are about what is ordered of a channel, and asked of its network.
type OrderWords struct {
	Paused, PausedUntil string // the channel; until when
	Repaused            string // the channel
	RepausedUntil       string // the channel; until when
	Resumed, NotPaused  string // the channel

	Field, Before, After, Secret, NewSecret string // of what changes
	Changed, Same, Removed, SureToRemove    string // the channel
	NotRight, NotKept                       string
	NoField                                 string // the name
	Good, NotGood                           string
	NotKnown                                string
	What                                    map[string]string // what a network is asked about, by its name in an answer
}

// CallWords are about the stored calls of networks.
type CallWords struct {
	Call        Noun
	None        string
	More        string // how many are shown
	SoFar       string // the network, how many
	Sum         string // how many calls, new and known messages, receipts, readable now, unreadable
	Interrupted string // how many

	NoneRefused, RefusedUnknown string
	RefusedSince                string // when

	NoCall    string // number, network
	Structure string
	NotTaken  string // beside a message that a call would bring
	Letter    string // number of a dead letter
	NoEvents  string
}

// AuditWords are about what operators did.
type AuditWords struct {
	None string
	More string // how many are shown
}

// TailWords are about what happens at this moment.
type TailWords struct {
	LeftOut string // how many
}

// FileWords are about a configuration file and the bridge that reads it.
type FileWords struct {
	Added, Changed, Removed string // channels
	Same                    string
	WouldBe                 string
	NoFile                  string // the data folder
	Waits                   string
	NotRead                 string // how long was waited
	Mistakes                string // the file
	Restart                 string // settings
	Read                    string // the file
	Stream                  string // its name, what differs
}
