package telegram

import (
	"strings"

	"github.com/emersion/go-vcard"

	"github.com/bonychat/puente/pkg/provider/content"
)

// notes are what came with a message beside its words, each a line in brackets: where it was forwarded from, and what it
// answers. https://core.telegram.org/bots/api#message
func (m *message) notes() []string {
	var notes []string
	if m.Forwarded != nil {
		notes = append(notes, m.Forwarded.note("forwarded", "forwarded from"))
	}
	switch {
	case m.Quote != nil && m.Quote.Text != "":
		notes = append(notes, content.Note("in reply to", m.Quote.Text))
	case m.ReplyTo != nil:
		notes = append(notes, m.ReplyTo.note())
	case m.External != nil:
		notes = append(notes, m.External.Origin.note("in reply to a message of another chat", "in reply to a message of"))
	}
	return notes
}

// origin is who wrote a message that was forwarded or is answered: https://core.telegram.org/bots/api#messageorigin
type origin struct {
	Type       string `json:"type"`
	User       *user  `json:"sender_user"`
	UserName   string `json:"sender_user_name"`
	SenderChat *named `json:"sender_chat"`
	Chat       *named `json:"chat"`
}

// named is a chat, as far as its name goes.
type named struct {
	Title     string `json:"title"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

// name is who it was, "" where Telegram does not say.
func (o origin) name() string {
	for _, c := range []*named{o.SenderChat, o.Chat} {
		if c == nil {
			continue
		}
		if c.Title != "" {
			return c.Title
		}
		if name := content.JoinNonEmpty(" ", c.FirstName, c.LastName); name != "" {
			return name
		}
	}
	if o.User != nil {
		return content.JoinNonEmpty(" ", o.User.FirstName, o.User.LastName)
	}
	return o.UserName
}

func (o origin) note(alone, from string) string {
	if name := o.name(); name != "" {
		return content.Note(from, name)
	}
	return content.Note(alone, "")
}

// note says which message is answered: its words, or what it was.
func (m *repliedTo) note() string {
	if words := strings.TrimSpace(content.JoinNonEmpty(" ", m.Text, m.Caption)); words != "" {
		return content.Note("in reply to", words)
	}
	return content.Note("in reply to an earlier message", "")
}

// pollWords are a poll's question and options: https://core.telegram.org/bots/api#poll
func (p *poll) words() string {
	lines := []string{"[poll]", p.Question}
	for _, o := range p.Options {
		lines = append(lines, "- "+o.Text)
	}
	return content.JoinNonEmpty("\n", lines...)
}

// words are a checklist's title and tasks: https://core.telegram.org/bots/api#checklist
func (c *checklist) words() string {
	lines := []string{"[checklist]", c.Title}
	for _, t := range c.Tasks {
		mark := "- "
		if t.Done != 0 {
			mark = "- ✓ "
		}
		lines = append(lines, mark+t.Text)
	}
	return content.JoinNonEmpty("\n", lines...)
}

// words are a contact card's name, numbers and addresses, a line each. What the vCard adds follows what Telegram tells.
// https://core.telegram.org/bots/api#contact
func (c *card) words() string {
	lines := []string{content.JoinNonEmpty(" ", c.FirstName, c.LastName), c.Phone}
	dialled := map[string]bool{digits(c.Phone): true}
	parsed, err := vcard.NewDecoder(strings.NewReader(c.VCard)).Decode()
	if err != nil { // none, or one that cannot be read: what Telegram tells is enough
		return content.JoinNonEmpty("\n", lines...)
	}
	for _, number := range parsed.Values(vcard.FieldTelephone) {
		if number = strings.TrimPrefix(number, "tel:"); !dialled[digits(number)] {
			dialled[digits(number)] = true
			lines = append(lines, number)
		}
	}
	for _, field := range []string{vcard.FieldEmail, vcard.FieldURL} {
		lines = append(lines, parsed.Values(field)...)
	}
	for _, field := range []string{vcard.FieldOrganization, vcard.FieldAddress} {
		for _, value := range parsed.Values(field) {
			lines = append(lines, content.JoinNonEmpty(", ", strings.Split(value, ";")...))
		}
	}
	return content.JoinNonEmpty("\n", lines...)
}

// digits are a number's digits: "+34 600 111 222" and "34600111222" are one number.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}
