package words

var englishNew = New{
	Title: "Add a channel", Pick: "Choose the channel's network.", Network: "Network", Needs: "What it takes", Webhook: "Webhook", Docs: "Documentation",
	Listened: "not needed: the network is listened to", ByItself: "registered by the bridge", ByHand: "registered by hand",
	TitleOf: "Add a channel of %s", DocsOf: "The network's documentation", WebhookPage: "Its webhooks", Other: "Choose another network", Right: "The format is right; the network was not asked",
	Put: "Put this at the end of the list channels of %s:", PutDemo: "The demonstration has no file. Put this into the list channels of a file puente.yaml (puente init begins one):",
	PutApply: "Channels are applied from outside of this process. Put this at the end of the list channels of the file that puente apply reads; on Kubernetes, that of the channels' Secret:",
	Secrets:  "The secrets, each in a file", SecretsHint: "In the folder of that file. Each command waits until you paste the value and press Enter; it stays out of the shell's history.",
	Then: "Then check and apply", WaitFor: "Wait for the first messages",
	PlatformTitle: "BonyChat", PlatformHint: "As BonyChat shows them when a Custom Channel is made.",
	AccountTitle: "The account of %s", AccountHint: "What is said is from the network's documentation. Secrets are not shown again.",
	Add: "Add the channel", Show: "Check, and see what to write", ShowHint: "Nothing is kept here: this process cannot write the file of the channels. What is typed is checked, and the page shows what to write where.",
	AddHint:    "It is written into %s, the secrets into files of their own that their owner alone reads, and taken up at once.",
	NotWritten: "The file could not be written. What has to be in it is below.", Mistakes: "Something has to be put right. Secrets have to be typed again.", Optional: "optional", Secret: "secret",
	ID: "Channel's id", IDDoc: "As BonyChat shows it.", ContactID: "Type of contacts' ids", ContactIDDoc: "The same as in BonyChat.",
	WebhookURL: "BonyChat's webhook URL", WebhookURLDoc: "Where BonyChat takes the channel's messages.", APIToken: "BonyChat's API token", APITokenDoc: "Each channel has its own.",
	Locale: "Language", LocaleDoc: "In which agents read why a message failed.",
	ContactIDs: map[string]string{"custom": "custom: the id at the network", "phone": "phone: their telephone number"}, Locales: map[string]string{"es": "Spanish", "en": "English"},
}

var englishAdded = Added{
	Title: "Channel %s: first messages", Known: "The bridge knows it", KnownGood: "yes", Waits: "waiting", Later: "later",
	KnownHint: "If it does not come within a minute: puente check says whether the file is right, and puente reload (or puente apply) takes it up and says what changed.",
	Network:   "Credentials and webhook at the network", NetworkHint: "Asking changes nothing. Registering has the network call this bridge, or says how it is done by hand.",
	Platform: "BonyChat calls the bridge", PlatformHint: "On the channel's page in BonyChat enter:", BaseURL: "API base URL", BaseUnknown: "public_url of the configuration file", IDType: "ID type", TokenSame: "the same as here",
	In: "First message of a contact", InHint: "Write to the channel from a phone. If it is not here within a minute:",
	InCheck: "Ask the network (above): it says whether the credentials are good and where it calls.", InCalls: "Look whether a call was refused, or could not be read", InTrigger: "tries the way without the network.",
	Out: "First message of an agent", OutHint: "Answer from BonyChat. If it is not here:", OutToken: "The API token has to be the same in BonyChat and here.", OutURL: "BonyChat's API base URL has to reach this bridge from outside, by https.",
	Done: "Done: a message has arrived each way.",
}
