package whatsapp

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// class is what a code means for the message that it answers.
type class int

const (
	refuses  class = iota // final for the message
	suspends              // nothing can be sent until a person does something
	waits                 // a limit
	passes                // WhatsApp is out of order
	mayPass               // WhatsApp's fault or the request's
)

// known is one code of the Cloud API: what it means, and what the agent or the operator reads.
type known struct {
	class class
	why   reason.Reason
	// pause and scope go with waits.
	pause time.Duration
	scope result.Scope
	// within bounds the tries with mayPass; 0 is [mayPassWithin].
	within time.Duration
}

// mediaWithin is how long a file is tried that WhatsApp could not fetch: the server may have been away for a moment, and
// the contact's next messages wait.
const mediaWithin = time.Minute

// registering is how often a number may be registered and not, in any 72 hours ten times:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
const registering = time.Hour

// pairPause is how often one contact can be written to, after a burst:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform#pair-rate-limits
const pairPause = 6 * time.Second

const (
	codeUnknown  = 1
	codeClosed   = 131047
	codeMedia    = 131053
	codeIncoming = 131052
)

// codes are https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes. They come
// as an answer, or later in a status.
var codes = map[int]known{
	0:      {class: suspends, why: tokenRefused},
	3:      {class: suspends, why: tokenMayNot},
	10:     {class: suspends, why: tokenMayNot},
	33:     {class: suspends, why: numberDeleted},
	190:    {class: suspends, why: tokenEnded},
	368:    {class: suspends, why: locked},
	131005: {class: suspends, why: tokenMayNot},
	131031: {class: suspends, why: locked},
	131037: {class: suspends, why: nameNotApproved},
	131045: {class: suspends, why: notRegistered},
	133010: {class: suspends, why: notRegistered},

	4:      {class: waits, why: appCalls, pause: time.Minute, scope: outcome.Account},
	80007:  {class: waits, why: accountCalls, pause: time.Minute, scope: outcome.Account},
	130429: {class: waits, why: numberRate, pause: 5 * time.Second, scope: outcome.Channel},
	133016: {class: waits, why: registeredTooOften, pause: registering, scope: outcome.Channel},
	131056: {class: waits, why: contactRate, pause: pairPause, scope: outcome.Contact},

	codeUnknown: {class: mayPass, why: unexplained},
	2:           {class: passes, why: outOfOrder},
	131000:      {class: passes, why: outOfOrder},
	131016:      {class: passes, why: outOfOrder},
	131057:      {class: passes, why: upgrading},
	133004:      {class: passes, why: outOfOrder},
	2200:        {class: passes, why: challengeFailed}, // of a subscription

	100:          {why: notTaken},
	130472:       {why: experiment},
	130497:       {why: countryNotAllowed},
	131008:       {why: somethingMissing},
	131009:       {why: badValue},
	131021:       {why: ownNumber},
	131026:       {why: undeliverable},
	131030:       {why: testNumber},
	131042:       {why: payment},
	codeClosed:   {why: windowClosed},
	131048:       {why: reputation},
	131049:       {why: marketingLimit},
	131050:       {why: noMarketing},
	131051:       {why: kindNotTaken},
	codeIncoming: {why: incomingFile},
	codeMedia:    {class: mayPass, within: mediaWithin, why: mediaNotTaken},
	131062:       {why: numberHidden},
	132000:       {why: templateParameter},
	132001:       {why: noTemplate},
	132005:       {why: templateTooLong},
	132007:       {why: templateRules},
	132012:       {why: templateNotText},
	132015:       {why: templatePaused},
	132016:       {why: templateDisabled},
	132018:       {why: templateText},
	135000:       {why: notTakenUnsaid},
}

// reasonFor is what is told of a code, with the code itself: people look it up.
func reasonFor(code int) reason.Reason {
	if k, ok := codes[code]; ok {
		return k.why.With("code", code)
	}
	return refusedMessage.With("code", code)
}
