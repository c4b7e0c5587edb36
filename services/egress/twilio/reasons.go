package twilio

import "fmt"

const (
	notMobile   = "the number takes no text messages: it may be a landline"
	badSender   = "Twilio does not let this account send from the configured sender (from)"
	noSender    = "the Messaging Service has no sender for this contact"
	noFile      = "Twilio cannot fetch the file"
	badFile     = "the channel does not take this file: its type, or its size"
	unreachable = "the contact cannot be reached on this channel: the number may be wrong, or not on it"
	unknownTo   = "the contact's number does not exist, or its phone cannot be reached"
	filtered    = "a carrier filtered the message as unwanted"
	register    = "the sender has to be registered for this country in Twilio before carriers take its messages"
	senderRate  = "the sender is over its limit: send it again later"
	outOfOrder  = "Twilio or the channel was out of order: send it again"
)

// reasons are what the agent reads, by Twilio's code, whether it comes with the answer or later with a status. Twilio's
// own words are not passed on: they may hold the contact's number. https://www.twilio.com/docs/api/errors
var reasons = map[int]string{
	// the contact
	21211: "this is no valid phone number",
	21610: "the contact has opted out (STOP): only they can opt in again, by writing START",
	21612: "Twilio has no way from this sender to the contact's number",
	21614: notMobile,
	21635: notMobile,
	21910: "the sender and the contact are not on the same channel",
	30003: "the contact's phone is off or out of reach: send it again later",
	30004: "the contact or their carrier blocks the message",
	30005: unknownTo,
	30006: "the number is a landline, or its carrier cannot be reached",
	63003: unreachable,
	63024: unreachable,
	63032: "WhatsApp does not let businesses write to this contact at present",
	63014: "the contact has blocked this sender, or opted out",
	63015: "the contact has not joined the WhatsApp sandbox: they have to write its join code first",
	63016: "the 24 hours in which WhatsApp takes free messages are over: wait until the contact writes, or send a template from elsewhere",

	// the message
	21602: "the message is empty",
	21617: "the text is longer than Twilio takes",
	21619: "the message is empty",
	21620: noFile,
	63019: noFile,
	11751: badFile,
	12300: badFile,
	30019: badFile,
	63005: "the channel does not take this content",
	63006: "the channel does not take this content",
	63021: "the channel does not take this content",
	30007: filtered,
	30038: filtered,
	30450: filtered,
	63013: "the channel refused the message: it is against its policy",
	30008: "the carrier did not deliver the message, and does not say why",
	30009: "a part of the message was lost on its way",
	30011: "the contact's phone takes no files by MMS",

	// the sender and the account
	21212: badSender,
	21606: badSender,
	21659: badSender,
	21660: badSender,
	21661: badSender,
	63007: badSender,
	63001: "the channel does not take Twilio's credentials for the sender: see Twilio's console",
	21703: noSender,
	21704: noSender,
	21705: "Twilio knows no such Messaging Service (from)",
	21609: "Twilio cannot call public_url for the message's status: it must be a public address",
	21408: "sending to this country is switched off in Twilio: allow it under Messaging, Settings, Geo permissions",
	21608: "a trial account of Twilio writes to verified numbers only",
	30002: "the Twilio account is suspended",
	30010: "the message costs more than the account's highest price",
	30018: register,
	30024: register,
	30034: register,
	30040: register,
	30041: register,
	30032: "the toll-free number has to be verified in Twilio before carriers take its messages",
	30037: "sending is disabled for the Twilio account",
	63020: "WhatsApp has not accepted the business account: see Twilio's console",

	// later
	30001: senderRate,
	30022: senderRate,
	30023: senderRate,
	30027: senderRate,
	30036: senderRate,
	63017: senderRate,
	63018: senderRate,
	63038: "the Twilio account is over its daily limit: send it again tomorrow",
	30017: "a carrier was overloaded: send it again",
	30410: "a carrier did not answer in time: send it again",
	30021: outOfOrder,
	63009: outOfOrder,
	63010: outOfOrder,
	63012: outOfOrder,
	63023: outOfOrder,
}

// reasonOf is why a message failed, by the code that a status came with.
func reasonOf(code int) string {
	if reason := reasons[code]; reason != "" {
		return reason
	}
	if code == 0 {
		return "Twilio could not deliver the message"
	}
	return fmt.Sprintf("Twilio could not deliver the message (%d): see https://www.twilio.com/docs/errors/%d", code, code)
}
