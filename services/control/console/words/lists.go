package words

// Lists are about messages, calls and acts as they stand in lists, and about whose they are.
type Lists struct {
	Contact                    string
	Named                      string // what stands for a contact
	ContactTitle               string // the same
	ContactHint, NoneOf        string
	FailedOf, AllOf            string
	OnlyOf                     string // the contact
	SentHint                   string
	Previews                   string
	Times                      Plural
	LastTime                   string // when
	Tick, TickHint, TickAction string
	These                      Plural
	MoreThanShown              string // how many, when
	StandsNow                  string
	QuietMinutes               string
	InBonyChat                 string
	Said                       string            // the JSON
	Fields                     map[string]string // of what is stored, by their paths
	TextOf, BytesOf, NameOf    string            // how many
	Number, TrueOrFalse        string
	Form                       string
}

// Call is the page of one call of a network.
type Call struct {
	Open                     string
	Title                    string // number, network
	Structure, Cut           string
	Became, NoMessages       string
	Message, New, Known      string
	NotInHistory             string
	Letters                  string
	Today, TodayHint         string
	All                      Plural // messages, known
	Fresh                    Plural // messages
	Receipts, Ignored        Plural
	Unreadable               Plural
	Nothing                  string
	Sum                      Plural // calls
	ReadableNow, StillNot    Plural
	NothingWould, NothingDid string
}
