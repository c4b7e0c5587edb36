package customchannel

// Limits of the contract. Lengths are in UTF-16 code units.
const (
	MaxContactID   = 50   // contactId, whatever the ID type
	MaxMID         = 50   // mId, in events and in answers
	MaxText        = 7000 // message.text
	MaxURL         = 2000 // attachment.url; taken for contact.profilePic too, which has no documented length
	MaxFileName    = 256  // attachment.fileName, extension included
	MaxDescription = 256  // attachment.description
	MaxAddress     = 256  // message.address of a location
	MaxTitle       = 256  // message.title of a quick reply
	MaxReply       = 256  // each of message.replies
	MaxReplies     = 10   // number of message.replies

	MaxLatitude  = 90  // degrees, either side of 0
	MaxLongitude = 180 // degrees, either side of 0

	MaxName     = 50 // contact.firstName and contact.lastName, each
	MaxEmail    = 50 // contact.email
	MaxPhone    = 18 // contact.phone
	MaxTimezone = 24 // contact.timezone, hours either side of 0
)

// Limits of this package, for bodies that no honest peer sends.
const (
	MaxDepth    = 32  // nesting of objects and arrays
	MaxProblems = 100 // mistakes listed; one more entry says that there are others
)

// A timestamp is plausible as milliseconds from March 1973 to the year 5138.
// Outside it is in another unit: 10 digits are seconds, 16 microseconds.
const (
	minMillis = 100_000_000_000
	maxMillis = 100_000_000_000_000 - 1

	minSeconds = 1_000_000_000 // September 2001
	maxSeconds = 9_999_999_999
)

// What a field may be, as a problem's Limit says it.
const (
	limitIDTypes     = "phone, custom"
	limitPhoneID     = "E.164: + and 2 to 15 digits, the first not 0, no spaces"
	limitCustomID    = "made of A-Z a-z 0-9 _ = + / @ only"
	limitEvents      = "message, message_echo, message_status"
	limitMessages    = "text, attachment, location, quick_reply"
	limitAttachments = "image, video, audio, file"
	limitStatuses    = "sent, delivered, read, failed"
	limitMillis      = "UNIX time in milliseconds (12 to 14 digits)"
	limitWhole       = "a whole number of milliseconds"
	limitURL         = "an absolute http or https URL"
	limitMediaType   = "a media type such as image/png, of at most 255 characters"
	limitExtension   = "a file name with an extension"
	limitCountry     = "ISO 3166-1 alpha-2, two capital letters"
	limitLanguage    = "ISO 639-1, two small letters"
	limitLocale      = "a locale such as en_US"
	limitEmail       = "an e-mail address"
	limitPhone       = "a phone number"
	limitEventList   = "1 or more"
	limitHTTPStatus  = "200, 4xx or 5xx"
	limitImages      = "image attachments"
	limitEither      = "message and message_echo events"
	limitReceipts    = "message_status events"
)
