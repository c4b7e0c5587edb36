package message

import "github.com/bonychat/puente/pkg/provider/content"

// answering are the kinds of message that always answer another: to say so would tell nothing.
var answering = map[string]bool{"button": true, "interactive": true, "order": true, "reaction": true, "system": true, "revoke": true}

// Notes are what came with a message beside its words, each a line in brackets: the ad that it came from, that it was
// forwarded, the product that is asked about, and that it answers another message, whose words WhatsApp does not tell.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
func Notes(m Value) []string {
	var notes []string
	if ad := m.At("referral"); ad.Exists() {
		what := "from a post"
		if ad.At("source_type").Text() == "ad" {
			what = "from an ad"
		}
		notes = append(notes, content.Note(what, content.JoinNonEmpty(", ", ad.At("headline").Text(), ad.At("source_url").Text())))
	}
	context := m.At("context")
	switch {
	case context.At("frequently_forwarded").Yes():
		notes = append(notes, content.Note("forwarded many times", ""))
	case context.At("forwarded").Yes():
		notes = append(notes, content.Note("forwarded", ""))
	}
	switch product := context.At("referred_product", "product_retailer_id").Text(); {
	case product != "":
		notes = append(notes, content.Note("about the product", product))
	case context.At("id").Text() != "" && !answering[m.At("type").Text()]:
		notes = append(notes, content.Note("in reply to an earlier message", ""))
	}
	return notes
}
