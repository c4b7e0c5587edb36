package twilio

import "github.com/bonychat/puente/pkg/reason"

// reasons are what the agent reads, by Twilio's code, whether it comes with the answer or later with a status. Twilio's
// own words are not passed on: they may hold the contact's number. https://www.twilio.com/docs/api/errors
var reasons = map[int]reason.Reason{
	// the contact
	21211: invalidNumber,
	21610: optedOut,
	21612: noWay,
	21614: notMobile,
	21635: notMobile,
	21910: otherChannel,
	30003: phoneOff,
	30004: carrierBlocks,
	30005: unknownTo,
	30006: landline,
	63003: unreachable,
	63024: unreachable,
	63032: whatsappClosed,
	63014: blockedSender,
	63015: notInSandbox,
	63016: windowClosed,

	// the message
	21602: empty,
	21617: textTooLong,
	21619: empty,
	21620: noFile,
	63019: noFile,
	11751: badFile,
	12300: badFile,
	30019: badFile,
	63005: contentNotTaken,
	63006: contentNotTaken,
	63021: contentNotTaken,
	30007: filtered,
	30038: filtered,
	30450: filtered,
	63013: againstPolicy,
	30008: undelivered,
	30009: partLost,
	30011: noMMS,

	// the sender and the account
	21212: badSender,
	21606: badSender,
	21659: badSender,
	21660: badSender,
	21661: badSender,
	63007: badSender,
	63001: channelCredentials,
	21703: noSender,
	21704: noSender,
	21705: noService,
	21609: statusAddress,
	21408: countryOff,
	21608: trial,
	30002: accountSuspended,
	30010: tooExpensive,
	30018: register,
	30024: register,
	30034: register,
	30040: register,
	30041: register,
	30032: verifyTollFree,
	30037: sendingDisabled,
	63020: businessNotAccepted,

	// later
	30001: senderRate,
	30022: senderRate,
	30023: senderRate,
	30027: senderRate,
	30036: senderRate,
	63017: senderRate,
	63018: senderRate,
	63038: accountDailyLimit,
	30017: carrierOverloaded,
	30410: carrierTimeout,
	30021: outOfOrder,
	63009: outOfOrder,
	63010: outOfOrder,
	63012: outOfOrder,
	63023: outOfOrder,
}

// reasonOf is why a message failed, by the code that a status came with.
func reasonOf(code int) reason.Reason {
	if why, known := reasons[code]; known {
		return why
	}
	if code == 0 {
		return notDelivered
	}
	return notDeliveredCode.With("code", code)
}
