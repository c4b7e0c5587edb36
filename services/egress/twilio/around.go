package twilio

import "github.com/bonychat/puente/pkg/provider/content"

// answering are the kinds of message that always answer another: to say so would tell nothing.
var answering = map[string]bool{"button": true, "interactive": true, "list": true, "reaction": true}

// notes are what came with a WhatsApp message beside its words, each a line in brackets: the ad that it came from, that
// it was forwarded, and that it answers another message, whose words Twilio does not tell.
// https://www.twilio.com/docs/messaging/guides/webhook-request#whatsapp-specific-parameters
func (f fields) notes() []string {
	var notes []string
	if f["ReferralSourceUrl"] != "" || f["ReferralHeadline"] != "" {
		what := "from an ad"
		if f["ReferralSourceType"] == "post" {
			what = "from a post"
		}
		notes = append(notes, content.Note(what, content.JoinNonEmpty(", ", f["ReferralHeadline"], f["ReferralSourceUrl"])))
	}
	switch {
	case f["FrequentlyForwarded"] == "true":
		notes = append(notes, content.Note("forwarded many times", ""))
	case f["Forwarded"] == "true":
		notes = append(notes, content.Note("forwarded", ""))
	}
	if f["OriginalRepliedMessageSid"] != "" && f["ButtonText"] == "" && !answering[f["MessageType"]] {
		notes = append(notes, content.Note("in reply to an earlier message", ""))
	}
	return notes
}
