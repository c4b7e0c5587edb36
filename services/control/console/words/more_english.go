package words

var englishFailures = Failures{
	Title: "Failures", None: "Nothing failed that fits what is chosen above.", Since: "Since", Fault: "Whose it is", Kind: "How it is known", Any: "all", Choose: "Show",
	ByReason: "By reason", OneByOne: "One by one",
	Total: "%d in all", Resent: Plural{"1 more failed and was sent again", "%s more failed and were sent again"}, ResentTitle: "Failed, and sent again", ResentAt: "Sent again", Stands: "How it stands now",
	NoneResent: "Nothing of what is chosen above was sent again.", SeeLetter: "see what is kept", NothingChosen: "Nothing was chosen to be sent again: tick at least one reason.",
	Count: "Count", Why: "Why", Whose: "Whose it is", Do: "What to do", Channels: "Channels", Last: "Last", Example: "Example", Pick: "Choose", Time: "Time",
	Message: "Message", Letter: "What is kept", Channel: "Channel", Preview: "See what sending the chosen ones again would do", PreviewHint: "It changes nothing yet.",
	Sinces:        map[string]string{"1h": "1 hour", "24h": "24 hours", "7d": "7 days", "all": "ever"},
	AdviceContact: "Tell the contact by another way; send again when they can receive.", AdviceAgent: "Have the agent write it another way.",
	AdviceSetup: "Mend the set-up, then send again.", AdviceNetwork: "Send again when the network answers.",
	AdvicePuente: "Look at the reason; sending again is enough as a rule.", AdviceUnreadable: "Look at its structure; when the decoder understands it, read it again.",
}

var englishReplay = Replay{
	Preview: "What sending again would do", Done: "What became of each", NothingChanged: "Nothing was changed yet.", Result: "Result", NothingFits: "Nothing fits what was chosen.",
	Go: "Send again", Reason: "Why (kept in the audit)", ReasonHint: "At most 200 characters.", Twice: "See what sending also those that the network took once would do",
	TwiceHint: "The contact may get it twice.", Once: "Leave out what the network took", Back: "Back to the failures", Message: "Message", Why: "Why",
	TooMany: "at most %d reasons at once", Contacts: "Contacts: %d.", MayTwice: "May arrive twice: %d.",
	More: "and %d more", NotRead: "Your role may look, and not send again.",
	Before: "Why it failed before", Waits: "It waits at %s:", WouldWait: "It would wait at %s:",
}

var englishLetter = Letter{
	Title: "Dead letter %d",
	What:  "What it is", Key: "Key", Service: "Service that gave up", Trace: "Trace", Message: "Message", Blanked: "Its structure; values are left out", Whole: "All that it holds",
	Cut: "It is longer: the rest was cut.", Show: "Show the content", ShowHint: "Who looked at it is kept in the audit.", Discard: "Discard it for good", Confirm: "Why (kept in the audit)",
	Discarded: "Discarded for good: %d.", SendAgain: "See what sending it again would do",
	DiscardHint: "You are asked first, and a reason is required.", Sure: "Discard it for good?", SureHint: "It cannot be sent or read again then, and nothing brings it back.", ConfirmHint: "Required; at most 200 characters.", Leave: "No, leave it as it is",
}

var englishAct = Act{
	Title: "Actions", Pause: "Pause", ForHowLong: "For", Reason: "Why", Resume: "Resume", Check: "Ask the network", CheckHint: "Whether the credentials are good and the webhook is registered. It changes nothing.",
	Register: "Register the webhook", RegisterHint: "The network will call this bridge from then on.", PauseHint: "What is written waits, in order; nothing is lost, but it goes on to expire.", NeedsWrite: "Your role may look, and not change.",
	Paused: "The channel is paused: what is to be sent waits, in order.", Resumed: "The channel goes on.", NotPaused: "The channel was not paused.",
	AllGood: "The network says that all is well.", NotGood: "The network says that something is wrong.", Good: "good", Bad: "not good", Answer: "What the network says",
	NotAll: "What can be checked is good. The rest cannot be checked from here: a message shows it.", NothingToAsk: "Nothing of it can be checked from here: a message shows whether it works.",
	NoAnswer: "The network did not answer everything: how the rest is, is not known.", Unknown: "cannot be checked", ByHand: "by hand",
	RegisterByHand: "The webhook is registered at the network by hand. What it takes, and its documentation:",
	ChangePause:    "Change the pause", ChangePauseHint: "Longer, shorter, or for another reason, without resuming in between.", Minutes: "or minutes", PauseChanged: "The pause has been changed.", PauseOver: "The pause was over already: nothing was changed.",
	AsItIs: "as it is: until %s", AsItIsOpen: "as it is: until it is resumed", FromNow: "%s from now", WrongTime: "A pause lasts 1 to %d minutes, and ends later than now. Nothing was changed.",
	For:  map[string]string{"5m": "5 minutes", "10m": "10 minutes", "15m": "15 minutes", "30m": "30 minutes", "1h": "1 hour", "4h": "4 hours", "24h": "24 hours", "": "until it is resumed"},
	What: map[string]string{"credentials": "credentials", "webhook": "webhook", "waiting": "waiting", "last_error": "last error", "platform": "platform", "todo": "to do"},
}

var englishCalls = Calls{
	Title: "Calls of networks", Hint: "Each call is kept as it came, and is read here with today's decoder. What a call holds is not shown.",
	Network: "Network", Since: "Since", OnlyUnreadable: "Only the unreadable ones", Show: "Show", None: "No call in this time.", NoNetwork: "There is no channel yet.",
	Number: "Number", Time: "Time", Channel: "Channel", Size: "Size", Messages: "Messages", Known: "Known", Receipts: "Receipts", Unreadable: "Unreadable", Error: "Error",
	Stored: "Stored calls", Kept: "Unreadable ones that are kept", KeptHint: "Their structure is shown with the values left out.", Again: "Read again with today's decoder", AgainHint: "What is known already is not made twice.",
	Dry: "See what it would do", Really: "Read them again", Reason: "Why (kept in the audit)", Next: "Newer", Structure: "see the structure",
	Would: "What it would do", Made: "What it did",
	SumCalls: Plural{"1 call", "%s calls"}, SumNew: Plural{"1 new message", "%s new messages"}, SumKnown: Plural{"1 known", "%s known"}, SumReceipts: Plural{"1 receipt", "%s receipts"},
	SumReadable: Plural{"1 that could not be read can be now", "%s that could not be read can be now"}, SumNot: Plural{"1 cannot be read", "%s cannot be read"},
	Refused: "Refused", RefusedHint: "What the public side did not take. What callers wrote is not kept.", RefusedSince: "Counted since %s.", RefusedBy: "Called by", Times: "Times", LastTime: "Last", Cause: "Why, and what to do", Sample: "One of them, without values", Headers: "Headers", NoChannel: "none", Unread: "its body was not read", NoneRefused: "Nothing was refused.", RefusedUnknown: "No process of the public side answers.",
}

var englishAudit = Audit{
	Title: "Audit", Hint: "Who changed what, who looked at content, and what was refused. The newest first.", Actor: "Who", Target: "About what", Show: "Show", None: "Nothing fits what is chosen above.",
	Time: "Time", Who: "Who", What: "What", About: "About what", Detail: "Detail", Outcome: "Outcome", Reason: "Reason given", From: "From", Next: "Older",
	Done: "done", NotDone: "without effect: nothing was done", Begun: "begun", BrokeOff: "broke off, part of it may be done", Refused: "refused", Unknown: "a call",
	Codes: map[string]string{
		"permission_denied": "the role does not allow it", "unauthenticated": "without a good token", "invalid_argument": "what is asked for is not possible", "not_found": "it does not exist",
		"already_exists": "it exists already", "failed_precondition": "not possible now", "resource_exhausted": "too much at once", "unimplemented": "there is no such call",
		"canceled": "the bridge stopped", "deadline_exceeded": "it did not end in time", "unavailable": "a part did not answer", "internal": "an error of the bridge", "unknown": "an error", "aborted": "changed at the same time",
	},
	Looked: "only looked at", Looks: map[string]string{"ReplayFailures": "look at what would be sent again", "DiscardFailures": "look at what would be discarded", "ReplayCalls": "look at what would be read again", "ChangeChannel": "look at what would be changed"},
	Procedures: map[string]string{
		"PauseChannel": "pause", "ResumeChannel": "resume", "RegisterChannel": "register webhook", "Apply": "apply configuration", "ShowDeadLetter": "look at a dead letter",
		"ReplayFailures": "send again", "DiscardFailures": "discard", "ReplayCalls": "read calls again", "CheckChannel": "ask the network", "AddChannel": "add a channel",
		"TryChannel": "ask about new credentials", "ChangeChannel": "change a channel", "RemoveChannel": "take a channel out",
	},
	Details: map[string]string{
		"dry run":             "nothing changed: a look",
		"reason *":            "reason %s",
		"nothing fitted":      "nothing fitted",
		"# would go":          "would be sent",
		"# taken":             "sent",
		"# on their way":      "on their way",
		"# wait":              "wait",
		"# failed again":      "failed again",
		"# not needed":        "not needed",
		"# left out":          "left out",
		"# stay":              "stay",
		"# letters":           "discarded",
		"network not asked":   "without asking the network",
		"change":              "the pause that there was",
		"all":                 "all of them",
		"by reason":           "chosen by reason",
		"channels may go":     "channels may go",
		"duplicates accepted": "duplicates accepted",
		"until it is resumed": "until it is resumed",
		"with content":        "with content",
		"for *":               "for %s",
		"network *":           "network %s",
		"since *":             "since %s",
		"until *":             "until %s",
		"fault *":             "whose it is: %s",
		"kind *":              "kind: %s",
		"number *":            "number %s",
		"contact":             "contact",
		"agent":               "agent",
		"setup":               "set-up",
		"puente":              "Puente",
		"refused":             "refused",
		"receipt":             "by receipt",
		"unreadable":          "unreadable call",
		"status":              "status",
		"# times lately":      "times lately",
		"1 times lately":      "once lately",
		"1 refusals before it are not recorded one by one": "1 refusal before it is not recorded by itself",
		"# refusals before it are not recorded one by one": "refusals before it are not recorded one by one",
	},
}

var englishSystem = System{
	Title: "System", Processes: "Processes", Service: "Service", Instance: "Process", Version: "Version", Since: "Since", Shards: "Shares of the work", Streams: "Streams", Stream: "Stream", For: "What for",
	Messages: "Entries", Bytes: "Size", Fill: "Full", Oldest: "Oldest", Differs: "Settings that differ", Devel: "development version", AsItShould: "All are set as this version wants it.",
	ShardsHint: "The work is cut into shares, each of which one process does at a time; where a process ends, others take its shares over.", StreamsHint: "What the bridge keeps on disk. What is full takes nothing more, and what comes before it waits.",
	Room:  "of %s, %s free",
	Waits: "What waits", FarEnd: "Far end", Waiting: "Waiting", Sending: "Processes that send", Useful: "Processes of use", Reasons: "Why",
	Purposes: map[string]string{
		"MESSAGES":    "messages on their way to the translator",
		"INDEX":       "what is remembered of messages",
		"JOURNAL":     "history for people",
		"DEAD":        "dead letters",
		"AUDIT":       "what operators did",
		"SENT":        "texts of sent messages that may fail yet",
		"FILES":       "attachments",
		"KV_NETWORKS": "what each network declares",
		"KV_CHANNELS": "settings of channels, and how they stand",
		"KV_SECRETS":  "credentials",
		"KV_CONTACTS": "addresses of contacts",
		"KV_CONTEXT":  "questions with numbers to answer",
		"KV_REPLIES":  "how contacts can be answered",
		"KV_STATE":    "what networks keep of their channels, tokens among it",
		"KV_LEASES":   "which process works on what",
		"WEBHOOKS_*":  "calls of %s as they came",
		"EGRESS_*":    "what waits to be sent to %s",
		"OUTCOMES_*":  "what became of each send to %s, and its receipts",
	},
}

var englishTraffic = Traffic{
	Title: "Traffic", Time: "Time", AsTable: "See it as a table", PerStep: "Messages accepted", Trouble: "Of these, failed and not ended", Latency: "How long they took, in seconds (95th percentile)",
	Out: "Of agents", In: "Of contacts", Failed: "Failed", Open: "Not ended", P95: "Took, p95", P95Hint: "Until they were sent or delivered, by a sample of each step.", Show: "Show", Channel: "Channel",
	Times: map[string]string{"60": "Traffic, last hour", "1440": "Traffic, last day", "10080": "Traffic, last week"},
}
