package whatsapp

import "github.com/bonychat/puente/pkg/provider/content"

// answering are the kinds of message that always answer another: to say so would tell nothing.
var answering = map[string]bool{"button": true, "interactive": true, "order": true, "reaction": true, "system": true, "revoke": true}

// notes are what came with a message beside its words, each a line in brackets: the ad that it came from, that it was
// forwarded, the product that is asked about, and that it answers another message, whose words WhatsApp does not tell.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
func notes(m value) []string {
	var notes []string
	if ad := m.at("referral"); ad.v != nil {
		what := "from a post"
		if ad.at("source_type").text() == "ad" {
			what = "from an ad"
		}
		notes = append(notes, content.Note(what, content.JoinNonEmpty(", ", ad.at("headline").text(), ad.at("source_url").text())))
	}
	context := m.at("context")
	switch {
	case context.at("frequently_forwarded").yes():
		notes = append(notes, content.Note("forwarded many times", ""))
	case context.at("forwarded").yes():
		notes = append(notes, content.Note("forwarded", ""))
	}
	switch product := context.at("referred_product", "product_retailer_id").text(); {
	case product != "":
		notes = append(notes, content.Note("about the product", product))
	case context.at("id").text() != "" && !answering[m.at("type").text()]:
		notes = append(notes, content.Note("in reply to an earlier message", ""))
	}
	return notes
}
