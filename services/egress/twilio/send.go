package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Send implements [provider.Sender]. The ref is the message's SID.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	contact := m.GetContact().GetAddress()
	channel, err := s.channelFor(ctx, contact)
	if err != nil {
		return sent, err
	}
	to, err := on(channel, contact)
	if err != nil {
		return sent, err
	}
	d := draft{channel: channel, form: url.Values{"To": {to}, "StatusCallback": {callback(s.webhookURL, provider.IdempotencyKey(m))}}}
	if serviceSid.MatchString(s.from) {
		d.form.Set("MessagingServiceSid", s.from)
	} else {
		d.form.Set("From", s.from)
	}
	sent.Ref, err = s.deliver(ctx, d, m.GetContent())
	if other := phonenumber.Spellings(contact); err == nil && channel == whatsApp && len(other) > 1 {
		sent.Address = other[1] // Twilio does not tell which of the two the contact writes from
	}
	return sent, err
}

// draft is a message that has a sender and a contact, and says nothing yet.
type draft struct {
	channel string
	form    url.Values
}

// with is the form with more in it.
func (d draft) with(name, value string, more ...string) url.Values {
	form := url.Values{}
	for n, v := range d.form {
		form[n] = v
	}
	form.Set(name, value)
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func (s *sender) deliver(ctx context.Context, d draft, what *messagev1.Content) (string, error) {
	switch c := what.GetKind().(type) {
	case *messagev1.Content_Text:
		return s.create(ctx, d.with("Body", c.Text.GetBody()))
	case *messagev1.Content_Attachment:
		return s.sendAttachment(ctx, d, c.Attachment)
	case *messagev1.Content_Location:
		return s.sendLocation(ctx, d, c.Location)
	default: // Carries has no buttons: quick replies come as a numbered text
		return "", outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", c))
	}
}

// sendAttachment lets Twilio fetch the file. Where it does not go as one, it goes as a link: from a sender that is a word,
// with a caption that WhatsApp would drop, and where Twilio refuses a file from this sender to this contact. The second
// request follows a definite refusal, so nothing is sent twice.
func (s *sender) sendAttachment(ctx context.Context, d draft, a *messagev1.Attachment) (string, error) {
	if a.GetUrl() == "" {
		return "", outcome.Reject(attachmentWithoutAddress, errors.New("attachment without url"))
	}
	if isAlphanumeric(s.from) || d.channel == whatsApp && a.GetCaption() != "" && !captioned(a.GetKind()) {
		return s.sendLink(ctx, d, a)
	}
	form := d.with("MediaUrl", a.GetUrl())
	if a.GetCaption() != "" {
		form.Set("Body", a.GetCaption())
	}
	ref, err := s.create(ctx, form)
	if refused, ok := errors.AsType[*refusal](err); ok && d.channel == "" && noMedia[refused.code] {
		return s.sendLink(ctx, d, a)
	}
	return ref, err
}

// captioned says whether WhatsApp shows a caption: https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
func captioned(kind messagev1.AttachmentKind) bool { return kind == image || kind == video }

// maxBody is https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource, in UTF-16 units.
const maxBody = 1600

func (s *sender) sendLink(ctx context.Context, d draft, a *messagev1.Attachment) (string, error) {
	words := content.JoinNonEmpty("\n", a.GetCaption(), a.GetFileName(), a.GetUrl())
	if len(utf16.Encode([]rune(words))) > maxBody {
		return "", outcome.Reject(linkTooLong,
			errors.New("link over 1600 characters"))
	}
	return s.create(ctx, d.with("Body", words))
}

// sendLocation sends a place of WhatsApp, or a link to a map. https://www.twilio.com/docs/whatsapp/message-features
func (s *sender) sendLocation(ctx context.Context, d draft, l *messagev1.Location) (string, error) {
	latitude, longitude := decimal(l.GetLatitude()), decimal(l.GetLongitude())
	if d.channel != whatsApp {
		link := "https://www.google.com/maps?q=" + latitude + "," + longitude
		return s.create(ctx, d.with("Body", content.JoinNonEmpty("\n", l.GetAddress(), link)))
	}
	geo, words := "geo:"+latitude+","+longitude, l.GetAddress()
	if words == "" {
		words = latitude + ", " + longitude // a place needs a text too
	} else {
		geo += "|" + strings.ReplaceAll(words, "|", "/") // the bar ends the place
	}
	return s.create(ctx, d.with("Body", words, "PersistentAction", geo))
}

// decimal is a coordinate without an exponent.
func decimal(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }
