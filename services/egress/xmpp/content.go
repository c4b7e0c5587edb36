package xmpp

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Namespaces of what a message may hold.
const (
	oobSpace      = "jabber:x:oob"               // https://xmpp.org/extensions/xep-0066.html
	correction    = "urn:xmpp:message-correct:0" // https://xmpp.org/extensions/xep-0308.html
	retraction    = "urn:xmpp:message-retract:1" // https://xmpp.org/extensions/xep-0424.html
	fastening     = "urn:xmpp:fasten:0"          // how it was retracted before
	retracted     = "urn:xmpp:message-retract:0"
	reactionSpace = "urn:xmpp:reactions:0"           // https://xmpp.org/extensions/xep-0444.html
	omemo         = "eu.siacs.conversations.axolotl" // https://xmpp.org/extensions/xep-0384.html, as apps have it
	omemo2        = "urn:xmpp:omemo:2"
	pgp           = "jabber:x:encrypted" // https://xmpp.org/extensions/xep-0027.html
	openPGP       = "urn:xmpp:openpgp:0" // https://xmpp.org/extensions/xep-0373.html
	explicit      = "urn:xmpp:eme:0"     // https://xmpp.org/extensions/xep-0380.html
)

// shown are elements that say something to a person, or of a message of ours.
var shown = map[string]bool{
	stanza.Content + " body": true, stanza.Content + " subject": true,
	oobSpace + " x": true, retraction + " retract": true, fastening + " apply-to": true, reactionSpace + " reactions": true,
	omemo + " encrypted": true, omemo2 + " encrypted": true, pgp + " x": true, openPGP + " openpgp": true, explicit + " encryption": true,
	receiptSpace + " received": true, markerSpace + " received": true, markerSpace + " displayed": true, markerSpace + " acknowledged": true,
}

const unreadable = "[encrypted message, which this channel cannot read: it has no keys]"

// contents are what a message says: a text, or its files, of which the first has the text. ignored is why there is nothing.
func contents(m *stanza.Element) (all []*messagev1.Content, ignored string) {
	text := func(t string) ([]*messagev1.Content, string) { return []*messagev1.Content{content.Text(t)}, "" }
	words := wordsOf(m)
	switch hidden, payload := encrypted(m); {
	case hidden && !payload:
		return nil, ignoredKeys
	case hidden:
		return text(unreadable)
	case m.Child(retraction, "retract") != nil, m.Child(fastening, "apply-to").Child(retracted, "retract") != nil:
		return text("[deleted something sent before]")
	case m.Child(reactionSpace, "reactions") != nil:
		return text(reactions(m.Child(reactionSpace, "reactions")))
	}
	var notes []string
	if subject := strings.TrimSpace(m.Said(stanza.Content, "subject")); subject != "" {
		notes = append(notes, content.Note("subject", subject))
	}
	for _, c := range m.Children {
		if c.Space != oobSpace || c.Name != "x" {
			continue
		}
		if a := fileOf(c); a != nil {
			if strings.TrimSpace(words) == a.GetHandle() {
				words = ""
			}
			all = append(all, content.Attachment(a))
		}
	}
	if len(all) > 0 {
		all[0] = content.WithNotes(all[0], append(notes, strings.TrimSpace(words))...)
		return all, ""
	}
	if where := placeOf(words); where != nil {
		return []*messagev1.Content{content.WithNotes(where, notes...)}, ""
	}
	if strings.TrimSpace(words) == "" && len(notes) == 0 {
		return nil, ignoredNothing
	}
	return []*messagev1.Content{content.WithNotes(content.Text(words), notes...)}, ""
}

// wordsOf is a message's text; of several, in several languages, the one without a language, or the first.
func wordsOf(m *stanza.Element) (words string) {
	found := false
	for _, c := range m.Children {
		if c.Space != stanza.Content || c.Name != "body" {
			continue
		}
		if c.Attr("xml:lang") == "" {
			return clean(c.Text)
		}
		if !found {
			words, found = clean(c.Text), true
		}
	}
	return words
}

// clean is a text as it can be stored.
func clean(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// encrypted says that a message can be read only with keys, and whether there is more in it than keys.
func encrypted(m *stanza.Element) (hidden, payload bool) {
	for _, space := range []string{omemo, omemo2} {
		if e := m.Child(space, "encrypted"); e != nil {
			return true, e.Child(space, "payload") != nil
		}
	}
	if m.Child(pgp, "x") != nil || m.Child(openPGP, "openpgp") != nil || m.Child(explicit, "encryption") != nil {
		return true, true
	}
	return false, false
}

// reactions are the emojis that somebody puts to a message; none takes them back.
func reactions(r *stanza.Element) string {
	var all []string
	for _, c := range r.Children {
		if c.Space == reactionSpace && c.Name == "reaction" {
			all = append(all, c.Text)
		}
	}
	if len(all) == 0 {
		return "[reaction taken back]"
	}
	return content.Note("reaction", strings.Join(all, " "))
}

// fileOf is a file by its address, nil for an address that is none of the web's: https://xmpp.org/extensions/xep-0066.html#x
func fileOf(x *stanza.Element) *messagev1.Attachment {
	address := strings.TrimSpace(x.Said(oobSpace, "url"))
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil
	}
	a := &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Handle: address}
	if name := mediatype.CleanName(path.Base(u.Path)); mediatype.HasEnding(name) {
		a.FileName, a.MediaType = name, mediatype.OfName(name)
	}
	if kind, ok := kinds[mediatype.Family(a.GetMediaType())]; ok {
		a.Kind = kind
	}
	return a
}

// kinds are the kinds of files by the families of their types.
var kinds = map[string]messagev1.AttachmentKind{
	"image": messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "video": messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	"audio": messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
}

// geo is a place as apps write it: https://www.rfc-editor.org/rfc/rfc5870
var geo = regexp.MustCompile(`^geo:(-?[0-9]{1,3}(?:\.[0-9]{1,20})?),(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)(?:,-?[0-9.]{1,20})?(?:;[!-~]{0,200})?$`)

// placeOf is the place that a text is, nil for any other text.
func placeOf(words string) *messagev1.Content {
	found := geo.FindStringSubmatch(strings.TrimSpace(words))
	if found == nil {
		return nil
	}
	latitude, _ := strconv.ParseFloat(found[1], 64)
	longitude, _ := strconv.ParseFloat(found[2], 64)
	if latitude < -90 || latitude > 90 || longitude < -180 || longitude > 180 {
		return nil
	}
	return content.Location(latitude, longitude, "")
}
