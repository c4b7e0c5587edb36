package render

import "github.com/bonychat/puente/pkg/terms"

// Words are all that the commands say of their own in one language. What the bridge says has both languages in it. A text
// with % is a format: what it is given is the same in both.
type Words struct {
	terms.Terms
	Language Language
	More     string // a list that was cut: how many more
	Heads    Heads

	Find     FindWords
	Failed   FailedWords
	Where    WhereWords
	Status   StatusWords
	Channels ChannelWords
	Failures FailureWords
	Replay   ReplayWords
	Orders   OrderWords
	Audit    AuditWords
	Calls    CallWords
	Trigger  TriggerWords
	Tail     TailWords
	File     FileWords
	Console  ConsoleWords
}

// Heads are the headings of columns.
type Heads struct {
	Time, Way, Channel, Network, Message, Took, State, Since, Wait, Oldest, OutIn, Failed, LastIn, Why, Contact, Contacts, NextTry string

	Number, Kind, Whose, Count, Channels, Last, Service, Bytes, Messages, Known, Receipts, Unreadable string

	FailedAt, Resent, Caller                string
	Who, What, About, Detail, Outcome, From string
}

// FindWords are about which bridge is asked.
type FindWords struct {
	NoURL     string // what was given
	NoToken   string // the variable
	NotOnData string // the folder
	None      string
	Answers   string // file, folder, how many others
	Several   string // their folders, a line each
}

// FailedWords are about a bridge that did not do what it was asked for.
type FailedWords struct {
	Unknown     string // URL
	Forbidden   string // the bridge's words
	Refused     string // the bridge's words
	TooLate     string // URL
	Older       string // URL
	NoAnswer    string // URL, why
	Interrupted string
	NoChannel   string // id, those that there are: two at least
	OneChannel  string // id, the only one that there is
	NoChannels  string // id
}

// WhereWords are about the way of a message.
type WhereWords struct {
	Times      Noun
	Nothing    string // the query
	More       string // how many are shown
	TooMany    string // how many are shown
	Contact    string // its last digits
	Parts      string // how many
	Part       string // which, of how many
	Generation string // how often, with Times
	Behind     string // the id before it
	Place      string // which, of how many
	NextTry    string // when
	For        string // how long
	Tries      string // how many
	Receipt    string // when a receipt came that says the same
	Now        string
	NotLive    string
	Ends       string
	EndsAt     string // when, how long until then
	Trace      string
}

// StatusWords are about the bridge as a whole.
type StatusWords struct {
	Channel, Message, Process Noun

	NotKnown      string // how many channels
	NoneWait      string
	Wait          string // how many, how long the oldest
	Store         string // percent
	Version       string
	Versions      string
	Behind        string // entries
	NothingNeeded string
	EndedUntil    string // when
	NeedsYou      string
	Bridge        string
	Since         string // when, how long ago
	WaitForIt     string // how many
	FirstEnds     string // how long until then
	Do            string // what to do
}

// ConsoleWords are about the operators' page.
type ConsoleWords struct{ Link, Token string }

// ChannelWords are about channels.
type ChannelWords struct {
	None      string
	PausedBy  string // who, why
	Until     string // when
	Platform  string // state, how many wait, why
	Budget    string // sends a second, how many may go now
	WhatWaits string
	Settings  string
	History   string
}

// TriggerWords are about a call that is made up.
type TriggerWords struct {
	NoChannel string // the channel
	Elsewhere string // the error
	NotPosted string // the error
	Taken     string // where, the status, the channel
	Refused   string // where, the status
}
