// Package words are what the console says of its own, in Spanish and in English. What the bridge says has both languages in it,
// and the words for states are those of package terms.
package words

import (
	"fmt"

	"github.com/bonychat/puente/pkg/terms"
)

// Plural is a text about a number of things: One is about a single one, Many a format that is given any other number.
type Plural struct{ One, Many string }

// Of is the text about n things. number is n as it is written.
func (p Plural) Of(n uint64, number string) string {
	if n == 1 {
		return p.One
	}
	return fmt.Sprintf(p.Many, number)
}

// Words are all texts of one language. A text with % is a format: what it is given is the same in both.
type Words struct {
	*terms.Terms
	Language terms.Language

	Frame    Frame
	SignIn   SignIn
	Wrong    Wrong
	Overview Overview
	Channel  Channel
	Message  Message
	Search   Search
	Failures Failures
	Replay   Replay
	Letter   Letter
	Act      Act
	Lists    Lists
	Calls    Calls
	Call     Call
	Audit    Audit
	System   System
	Traffic  Traffic
	New      New
	Added    Added
	Change   Change
}

// In are the words of a language.
func In(l terms.Language) *Words {
	if l == terms.Spanish {
		return &spanish
	}
	return &english
}

// Frame is what stands around every page.
type Frame struct {
	Console, Skip, Main, Search, SearchHint, Find    string
	Overview, Failures, Calls, Audit, System, New    string
	Light, Dark, OtherLanguage                       string
	SignedIn                                         string // name, role
	SignOut, NoRole                                  string
	Command, Copy, Copied                            string
	Zone                                             string // the zone
	Keys, Close, KeySearch, KeyGo, KeyRows, KeyHelp  string
	Since, Ago                                       string // when; how long
	Bridge, None, More, Live, Paused, Before, Newest string
	LessThan                                         string // a second
	Read, Write, Content                             string // what a role may do
}

// SignIn is about signing in.
type SignIn struct {
	Title, Token, Hint, Local, Button string
	Wrong, TooMany, Link, Form, Site  string
	Proxy                             string
}

// Wrong is about what did not work.
type Wrong struct {
	Title, NotFound, Denied, Late, Away, Busy, Other, Back string
	Before, Gone                                           string
	Said                                                   string // what the API said
}

// Overview is the first page.
type Overview struct {
	Title, NeedsYou, Nothing                      string
	NothingUrgent, PausedNow                      string
	Ended                                         string // when
	WaitForIt                                     string // how many messages
	FirstEnds                                     string // how long
	Do, HowItIs                                   string
	Out, In, Failed, Waiting, Oldest, LastHour    string
	LastDay, Store, Processes, Versions           string
	Behind                                        Plural // entries
	Message                                       Plural
	Resent, Refused                               Plural
	RefusedLately                                 string
	Channels, Filter, AllChannels, OnlyTrouble    string
	Page                                          string // which, of how many
	Next, Prior                                   string
	State, Network, Since, Wait, OutIn            string
	LastIn, Why, NoChannels, NoMatch, ClearFilter string
	Platform                                      string // how the platform's side stands
}

// Channel is the page of one.
type Channel struct {
	Title                                                       string // id
	Legs, FromPlatform, ToNetwork, FromNetwork, ToPlatform      string
	LastAccepted, LastSent, Never, NoneWaits                    string
	Good, Quiet, Bad, Held, Unknown                             string
	PausedBy                                                    string // who, why
	Until                                                       string // when
	TriedAgain                                                  string // when
	What, Waits, Contacts, NextTry, Budget                      string
	BudgetOf                                                    string // how many may go, of how many a second
	Settings, History, NoHistory, Latest, NoMessages            string
	NoHistoryBefore                                             string
	SeeFailed, SeeResent                                        Plural
	WaitHere                                                    Plural // messages
	WaitToTell                                                  Plural // messages and confirmations
	Going                                                       string
	RefusesOn                                                   string // which ways
	RefusedHere                                                 Plural // calls
	RefusedLast                                                 string // how long ago, why
	RefusedAgo                                                  string // how long ago
	Hidden                                                      string
	SettingValues                                               map[string]string // of settings, by "name value"
	SeeRefused, Refuses                                         string
	ChannelID                                                   string
	Time, Way, MessageID, State, Took, Held24, Name, Value, Why string
}

// Message is the page of one.
type Message struct {
	Title                                                       string // beginning of the id
	Way, Next, Entries, Time, After, What, Who, Why, Neighbours string
	NeighboursHint, Itself, ToContact, FromContact, Contact     string
	Parts                                                       string // how many
	Again                                                       Plural // times
	Trace, TraceID, Network, Channel, Expires, Waited           string
	Part                                                        string // which
	Tries                                                       string // how many
	NoText, Soon, Waits, Discarded                              string
	ReadAfter                                                   string // how long
}

// Search is the page of what was found.
type Search struct {
	Title, What, Nothing, Found, More, ByContact, ByID, ByNetworkID, ByTrace string
	Latest, Short                                                            string
}
