package words

// Failures are about what did not arrive.
type Failures struct {
	Title, None, Since, Fault, Kind, Any, Choose, ByReason, OneByOne string
	Total                                                            string // how many
	Resent                                                           Plural
	ResentTitle, ResentAt, Stands, NoneResent, SeeLetter             string
	NothingChosen                                                    string
	Count, Why, Whose, Do, Channels, Last, Example, Pick, Time       string
	Message, Letter, Channel, Preview, PreviewHint                   string
	Sinces                                                           map[string]string
	AdviceContact, AdviceAgent, AdviceSetup, AdviceNetwork           string
	AdvicePuente, AdviceUnreadable                                   string
}

// Replay is about sending again.
type Replay struct {
	Preview, Done, NothingChanged, Result, NothingFits, Go, Reason, ReasonHint, Twice, TwiceHint, Once, Back, Message, Why string

	TooMany  string // how many at most
	Contacts string // how many
	MayTwice string // how many
	More     string // how many
	NotRead  string

	Before           string
	Waits, WouldWait string // the channel
}

// Letter is about a dead letter.
type Letter struct {
	Title                                                                                     string // number
	What, Key, Service, Trace, Message, Blanked, Whole, Cut, Show, ShowHint, Discard, Confirm string
	Discarded                                                                                 string // how many
	SendAgain                                                                                 string
	DiscardHint, Sure, SureHint, ConfirmHint, Leave                                           string
}

// Act is what is done to a channel.
type Act struct {
	Title, Pause, ForHowLong, Reason, Resume, Check, CheckHint, Register, RegisterHint, PauseHint, NeedsWrite string
	Paused, Resumed, NotPaused, AllGood, NotGood, Good, Bad, Answer                                           string
	NotAll, NothingToAsk, NoAnswer, Unknown, ByHand, RegisterByHand                                           string
	For, What                                                                                                 map[string]string
	ChangePause, ChangePauseHint, Minutes, PauseChanged, PauseOver, AsItIsOpen                                string
	AsItIs                                                                                                    string // until when
	FromNow                                                                                                   string // how long
	WrongTime                                                                                                 string // how many minutes at most
}

// Calls are about the stored calls of networks.
type Calls struct {
	Title, Hint, Network, Since, OnlyUnreadable, Show, None, NoNetwork, Number, Time, Channel, Size, Messages, Known, Receipts, Unreadable, Error string
	Stored, Kept, KeptHint, Again, AgainHint, Dry, Really, Reason, Next, Structure                                                                string
	Would, Made                                                                                                                                   string
	Refused, RefusedHint, RefusedBy, Times, LastTime, Cause, Sample, Headers, NoChannel, NoneRefused, RefusedUnknown, Unread                      string
	RefusedSince                                                                                                                                  string // when
	SumReceipts                                                                                                                                   Plural
}

// Audit is about what operators did.
type Audit struct {
	Title, Hint, Actor, Target, Show, None, Time, Who, What, About, Detail, Outcome, Reason, From, Next string
	Done, NotDone, Begun, BrokeOff, Refused, Unknown                                                    string
	Procedures                                                                                          map[string]string
	Codes                                                                                               map[string]string // of errors, by their code
	Details                                                                                             map[string]string // "word", "word *" with a value, "# words" behind a number
	Looked                                                                                              string
	Looks                                                                                               map[string]string // of procedures that changed nothing
}

// System is about what the bridge runs on.
type System struct {
	Title, Processes, Service, Instance, Version, Since, Shards, Streams, Stream, For, Messages, Bytes, Fill, Oldest, Differs, AsItShould, Devel string
	ShardsHint, StreamsHint                                                                                                                      string
	Room                                                                                                                                         string // how much, how much is free

	Waits, FarEnd, Waiting, Sending, Useful, Reasons string
	Purposes                                         map[string]string // of streams; "KIND_*" with a far end
}

// Traffic is about what went over time.
type Traffic struct {
	Title, Time, AsTable, PerStep, Trouble, Latency, Out, In, Failed, Open, P95, P95Hint, Show, Channel string
	Times                                                                                               map[string]string // by minutes
}

// New is about setting a channel up.
type New struct {
	Title, Pick, Network, Needs, Webhook, Docs, Listened, ByItself, ByHand              string
	TitleOf                                                                             string // network
	DocsOf, WebhookPage, Other, Right                                                   string
	Put                                                                                 string // file
	PutDemo, PutApply, Secrets, SecretsHint, Then, WaitFor                              string
	PlatformTitle, PlatformHint                                                         string
	AccountTitle                                                                        string // network
	AccountHint, Add, Show, ShowHint                                                    string
	AddHint                                                                             string // file
	NotWritten, Mistakes, Optional, Secret                                              string
	NotKept, NotGood, NoAnswer, RefusedHint, AddAnyway, AskHint, RightAsked, WouldWrite string
	Kept, KeptHint, There, ThereHint, TakeOut, NotSet, Yes, No                          string
	Default                                                                             string            // the value
	DocsFor                                                                             string            // network
	Networks                                                                            map[string]string // what those are that are no messenger's
	ID, IDDoc, ContactID, ContactIDDoc, WebhookURL, WebhookURLDoc                       string
	APIToken, APITokenDoc, Locale, LocaleDoc                                            string
	ContactIDs, Locales                                                                 map[string]string
}

// Added is about a channel that waits for its first messages.
type Added struct {
	Title                                        string // id
	Known, KnownGood, KnownHint, Waits, Later    string
	Network, NetworkHint, Platform, PlatformHint string
	BaseURL, BaseUnknown, IDType, TokenSame      string
	In, InHint, InCheck, InCalls, InTrigger      string
	Out, OutHint, OutToken, OutURL, Done         string
	AskedGood, AskedUnknown                      string
}

// Change is about changing a channel, and taking it out.
type Change struct {
	Title                                                                string // id
	Link, RemoveLink, ByHand, Hint, Meanwhile                            string
	Would, Field, Now, Then, Gone, NewSecret, Nothing, Same              string
	Put                                                                  string // file
	Save, SaveAnyway, Preview, Saved, SavedGood, SavedUnknown            string
	SaveHint                                                             string // file
	RemoveTitle                                                          string // id
	Sure, NoneWaits, WaitingHint, Calls, Listened, Platform, Kept, Leave string
	Waiting, WaitingPlatform                                             Plural
	Remove, NotRemoved                                                   string
	RemoveHint, RemoveByHand                                             string // file
	Removed                                                              string // id
}
