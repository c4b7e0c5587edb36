package email

import (
	"encoding/json"
	"errors"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/email/internal/imap"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
	"github.com/bonychat/puente/services/egress/email/internal/smtp"
)

// Why a mail, or a part of it, is ignored.
const (
	ignoredAutomatic = "automatic reply"
	ignoredBulk      = "bulk mail or mailing list"
	ignoredRead      = "note that a mail was opened"
	ignoredOwn       = "mail from the mailbox itself"
	ignoredSignature = "signature of a mail"
	ignoredPicture   = "small picture within a mail"
)

// smallPicture is the size of a picture within the text below which it is a logo, in bytes as it is encoded.
const smallPicture = 12 << 10

// receive reads a mail: its words, then each file as an event of its own; or a server's report.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	var h heard
	if json.Unmarshal(c.Body, &h) != nil {
		return nil, errors.New("what was heard cannot be read")
	}
	one := func(e provider.Event) ([]provider.Event, error) { return []provider.Event{e}, nil }
	head := letter.ReadHeader(h.Header)
	switch {
	case h.Key == "":
		return nil, errors.New("what was heard has no key")
	case h.Unread:
		return one(provider.UnreadableEvent("the server does not hand out a mail"))
	case h.isReport():
		return one(h.report())
	}
	if _, ok := h.part("message/disposition-notification"); ok {
		return one(provider.IgnoredEvent(ignoredRead)) // RFC 8098; it is not asked for
	}
	if why := ignored(a, head); why != "" {
		return one(provider.IgnoredEvent(why))
	}
	from, ok := head.Address("From")
	if !ok || !smtp.Addressable(letter.Same(from.Mail)) {
		return one(provider.UnreadableEvent("a mail is from nobody"))
	}
	contact := &messagev1.Contact{
		Address: letter.Same(from.Mail), Profile: &messagev1.Profile{FirstName: from.Name, Email: letter.Same(from.Mail)},
	}
	return h.events(contact, head), nil
}

// ignored is why a mail is nobody's to read here (RFC 3834, 2 and 5), "" for one that is.
func ignored(a Account, head letter.Header) string {
	from, _ := head.Address("From")
	switch auto := head.Token("Auto-Submitted"); {
	case letter.Same(from.Mail) == letter.Same(a.Address):
		return ignoredOwn
	case auto != "" && auto != "no", head.Has("X-Autoreply"), head.Has("X-Autorespond"):
		return ignoredAutomatic
	case head.Get("Return-Path") == "<>":
		return ignoredAutomatic
	}
	switch head.Token("Precedence") {
	case "bulk", "junk", "list":
		return ignoredBulk
	case "auto_reply":
		return ignoredAutomatic
	}
	return ""
}

// events are those of a mail that somebody wrote.
func (h heard) events(from *messagev1.Contact, head letter.Header) []provider.Event {
	text, taken := h.words(head)
	var files []provider.Event
	left := ""
	if h.Structure != nil {
		for _, p := range h.Structure.Parts {
			switch {
			case taken[p.Section]:
			case p.Type == "application/pkcs7-signature", p.Type == "application/x-pkcs7-signature", p.Type == "application/pgp-signature":
				files = append(files, provider.IgnoredEvent(ignoredSignature))
			case strings.HasPrefix(p.Type, "image/") && p.Disposition != "attachment" && p.ID != "" && p.Size < smallPicture:
				files = append(files, provider.IgnoredEvent(ignoredPicture))
			default:
				files = append(files, provider.MessageEvent(h.Key+"/"+p.Section, from, h.file(p)).WithTime(h.At))
			}
		}
		if h.Structure.More {
			left = content.Note("the mail has more files", "")
		}
	} else {
		left = content.Note("mail that cannot be taken apart", "")
	}
	text = content.JoinNonEmpty("\n", text, left)
	if text == "" && len(files) == 0 {
		text = "[empty message]"
	}
	if text != "" {
		files = append([]provider.Event{provider.MessageEvent(h.Key, from, content.Text(text)).WithTime(h.At)}, files...)
	}
	for i, e := range files {
		if e.Content != nil { // the first that goes on
			files[i] = e.WithState(threadKey, threadOf(head).String())
			break
		}
	}
	return files
}

// words is what the mail says: the subject on a line of its own, where it begins something, and the text without what it quotes. taken are
// the parts that are shown with that.
func (h heard) words(head letter.Header) (text string, taken map[string]bool) {
	taken = map[string]bool{}
	subject := head.Text("Subject")
	answers := head.Has("In-Reply-To") || head.Has("References") || letter.Answers(subject)
	var said []string
	for _, w := range h.texts() {
		shown := w.plain
		if h.blank(w.plain) {
			shown = w.html
		}
		for _, p := range append(w.plain[:len(w.plain):len(w.plain)], w.html...) {
			taken[p.Section] = true
		}
		for _, p := range shown {
			one, cut := h.text(p)
			if answers && !letter.Forwards(subject) {
				one = letter.Unquoted(one)
			}
			if _, fetched := h.Bodies[p.Section]; cut || !fetched {
				taken[p.Section] = false // the whole of it comes as a file
			}
			if cut {
				one += "\n" + content.Note("cut: the whole text comes as a file", "")
			}
			said = append(said, strings.Trim(one, " \t\n"))
		}
	}
	text = content.JoinNonEmpty("\n\n", said...)
	if subject != "" && !(answers && letter.Answers(subject)) {
		text = content.JoinNonEmpty("\n", subject, text)
	}
	return strings.ToValidUTF8(text, "\uFFFD"), taken
}

// blank says that parts say nothing.
func (h heard) blank(parts []imap.Part) bool {
	for _, p := range parts {
		if text, _ := h.text(p); strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// file is an attachment that is to be fetched.
func (h heard) file(p imap.Part) *messagev1.Content {
	name := mediatype.CleanName(fileName(p))
	kind := messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
	switch mediatype.Family(p.Type) {
	case "image":
		kind = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	case "video":
		kind = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	case "audio":
		kind = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	}
	if name == "" && strings.HasPrefix(p.Type, "message/rfc822") {
		name = "mail.eml"
	}
	size := p.Size
	if p.Encoding == "base64" {
		size = size / 78 * 57
	}
	media := p.Type
	if media == "application/octet-stream" {
		media = ""
	}
	return content.Attachment(&messagev1.Attachment{
		Kind: kind, MediaType: media, FileName: name, Size: size,
		Handle: handle{h.Validity, h.UID, letter.ReadHeader(h.Header).ID("Message-ID"), p.Section, p.Encoding, p.Size}.String(),
	})
}
