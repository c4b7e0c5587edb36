package words

var englishLists = Lists{
	Contact: "Contact", Named: "contact %s", ContactTitle: "Messages of the contact %s",
	ContactHint: "A contact is shown by the end of its address where that is known, else by a name that comes of its digest: it is the same on all pages, and no address can be made of it.",
	NoneOf:      "No message of this contact is known.", FailedOf: "What failed of this contact", OnlyOf: "Only of %s", AllOf: "Those of all",
	SentHint: "“Took” is from when it was accepted until the network, or BonyChat, had it; when the contact read it is told apart.",
	Previews: "Also what was only looked at (previews)",
	Times:    Plural{"once", "%s times"}, LastTime: "last %s",
	Tick: "Choose", TickHint: "Exactly those that you tick and then see are sent again.", TickAction: "See what would happen if the ticked ones were sent again",
	These:         Plural{"Send this one again", "Send these %s again"},
	MoreThanShown: "There are more than %d: besides those listed, what was chosen and failed before %s is sent again.",
	StandsNow:     "How each stands now, as the history knows it.",
	QuietMinutes:  "Times in which nothing went are left out.",
	InBonyChat:    "at BonyChat",
	Said:          "As it is stored (JSON)",
	Fields: map[string]string{
		"content.text.body": "Text", "content.attachment.url": "Attachment", "content.attachment.caption": "Caption", "content.attachment.fileName": "File name",
		"content.attachment.mediaType": "File type", "content.location.latitude": "Latitude", "content.location.longitude": "Longitude", "content.location.address": "Place",
		"content.quickReply.title": "Question", "content.quickReply.replies": "Replies", "contact.address": "Contact's address", "contact.profile.name": "Contact's name",
		"direction": "Way", "acceptedAt": "Accepted",
	},
	TextOf: "text of %s characters", BytesOf: "text of %s bytes", NameOf: "name of %s characters", Number: "number", TrueOrFalse: "true or false", Form: "form",
}

var englishCall = Call{
	Open: "open", Title: "Call %d of %s", Structure: "Its structure; values are left out", Cut: "It is longer: the rest was cut.",
	Became: "What became of what it brought", NoMessages: "It brought no message.",
	Message: "Message", New: "was not taken: to read it again would make it", Known: "taken", NotInHistory: "taken; the history does not have it any more", Letters: "What could not be read, and is kept",
	Today: "Read by today's decoder", TodayHint: "This only looks: nothing is changed.",
	All: Plural{"1 message that is known", "%s messages that are known"}, Fresh: Plural{"1 new message", "%s new messages"},
	Receipts: Plural{"1 receipt", "%s receipts"}, Ignored: Plural{"1 notice that is not needed", "%s notices that are not needed"}, Unreadable: Plural{"1 part that cannot be read", "%s parts that cannot be read"},
	Nothing: "It brings nothing that the bridge uses.",
	Sum:     Plural{"1 call was looked at.", "%s calls were looked at."}, ReadableNow: Plural{"1 that could not be read can be now.", "%s that could not be read can be now."}, StillNot: Plural{"1 cannot be read.", "%s cannot be read."},
	NothingWould: "To read them again would change nothing: all that they bring is known.", NothingDid: "Nothing has changed: all that they brought was known.",
}
