package whatsapp

import (
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
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
	class  class
	reason string
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

	locked = "the WhatsApp Business account is locked: see the WhatsApp Manager"
)

// codes are https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes. They come
// as an answer, or later in a status.
var codes = map[int]known{
	0:      {class: suspends, reason: "WhatsApp refuses the access token"},
	3:      {class: suspends, reason: "the access token may not do this"},
	10:     {class: suspends, reason: "the access token may not do this"},
	33:     {class: suspends, reason: "the business phone number was deleted"},
	190:    {class: suspends, reason: "the access token has ended or was withdrawn"},
	368:    {class: suspends, reason: locked},
	131005: {class: suspends, reason: "the access token may not do this"},
	131031: {class: suspends, reason: locked},
	131037: {class: suspends, reason: "the number's display name is not approved: see the WhatsApp Manager"},
	131045: {class: suspends, reason: "the business phone number is not registered with the Cloud API"},
	133010: {class: suspends, reason: "the business phone number is not registered with the Cloud API"},

	4:      {class: waits, reason: "too many calls by the app", pause: time.Minute, scope: provider.Account},
	80007:  {class: waits, reason: "too many calls for the WhatsApp Business account", pause: time.Minute, scope: provider.Account},
	130429: {class: waits, reason: "too many messages from this number at once", pause: 5 * time.Second, scope: provider.Channel},
	133016: {class: waits, reason: "the number was registered and deregistered too often", pause: registering, scope: provider.Channel},
	131056: {class: waits, reason: "too many messages to this contact at once", pause: pairPause, scope: provider.Contact},

	codeUnknown: {class: mayPass, reason: "WhatsApp does not say what is wrong"},
	2:           {class: passes, reason: "WhatsApp is out of order"},
	131000:      {class: passes, reason: "WhatsApp is out of order"},
	131016:      {class: passes, reason: "WhatsApp is out of order"},
	131057:      {class: passes, reason: "the business phone number is being moved to a higher throughput"},
	133004:      {class: passes, reason: "WhatsApp is out of order"},
	2200:        {class: passes, reason: "Meta called public_url and was not answered its challenge"}, // of a subscription

	100:          {reason: "WhatsApp does not take the message, or the number is not one of WhatsApp"},
	130472:       {reason: "the contact takes part in an experiment of WhatsApp's and gets no marketing messages"},
	130497:       {reason: "the business may not write to contacts of this country"},
	131008:       {reason: "WhatsApp misses something in the message"},
	131009:       {reason: "WhatsApp does not take a value in the message"},
	131021:       {reason: "the business cannot write to its own number"},
	131026:       {reason: "the message cannot be delivered: the number is not on WhatsApp, or its app is too old, or its owner has blocked the business or not accepted WhatsApp's terms"},
	131030:       {reason: "a test number writes only to the numbers on its list: add the contact's in the app's dashboard, under WhatsApp, API Setup"},
	131042:       {reason: "WhatsApp charges for this message and the business account's payment method fails: see the WhatsApp Manager"},
	codeClosed:   {reason: "the contact has not written for 24 hours, so WhatsApp takes no free message: wait for the contact to write, or send a short text, which goes as the channel's template where it has one"},
	131048:       {reason: "WhatsApp limits this number, since many people blocked or reported it: try again later"},
	131049:       {reason: "WhatsApp keeps the contact from getting more marketing messages for now: try again tomorrow"},
	131050:       {reason: "the contact wants no marketing messages from this business"},
	131051:       {reason: "WhatsApp does not take messages of this kind"},
	codeIncoming: {reason: "WhatsApp could not have the file from the contact's app"},
	codeMedia:    {class: mayPass, within: mediaWithin, reason: "WhatsApp cannot fetch the file, or does not take its kind or size: send it as a document, or as a link"},
	131062:       {reason: "WhatsApp takes this message only for a phone number, which the contact hides"},
	132000:       {reason: "the template's body does not have exactly one parameter"},
	132001:       {reason: "there is no approved template of this name in this language"},
	132005:       {reason: "the text is too long for the template"},
	132007:       {reason: "the template breaks WhatsApp's rules in this language"},
	132012:       {reason: "the template's parameter is not a text"},
	132015:       {reason: "WhatsApp paused the template, since people disliked it"},
	132016:       {reason: "WhatsApp disabled the template, since people disliked it"},
	132018:       {reason: "the template does not take the text"},
	135000:       {reason: "WhatsApp does not take the message and does not say why"},
}

// reason is what is told of a code, with the code itself: people look it up.
func reasonFor(code int) string {
	if k, ok := codes[code]; ok {
		return fmt.Sprintf("%s (%d)", k.reason, code)
	}
	return fmt.Sprintf("WhatsApp refused the message (%d)", code)
}
