package discord

import (
	"regexp"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
)

// avatar is a picture's name: https://docs.discord.com/developers/reference#image-formatting
var avatar = regexp.MustCompile(`^(a_)?[0-9a-f]{32}$`)

// message is https://docs.discord.com/developers/resources/message#message-object
type message struct {
	ID     string `json:"id"`
	Guild  string `json:"guild_id"`
	Author user   `json:"author"`
	At     string `json:"timestamp"`
	Edited string `json:"edited_timestamp"`
	body
	Type      int `json:"type"`
	Reference struct {
		Type int `json:"type"`
	} `json:"message_reference"`
	Answered  *quoted `json:"referenced_message"`
	Snapshots []struct {
		Message body `json:"message"`
	} `json:"message_snapshots"`
}

// body is what a message says, its own or one that was forwarded.
type body struct {
	Content  string `json:"content"`
	Mentions []user `json:"mentions"`
	Files    []file `json:"attachments"`
	Stickers []struct {
		Name string `json:"name"`
	} `json:"sticker_items"`
	Poll *struct {
		Question struct {
			Text string `json:"text"`
		} `json:"question"`
	} `json:"poll"`
}

// quoted is as much of a message as is told of one that is answered.
type quoted struct {
	Content string `json:"content"`
	Files   []struct {
		Name string `json:"filename"`
	} `json:"attachments"`
}

// file is https://docs.discord.com/developers/resources/message#attachment-object
type file struct {
	Name  string `json:"filename"`
	Title string `json:"title"`
	Type  string `json:"content_type"`
	Size  int64  `json:"size"`
	URL   string `json:"url"`
}

// Types of messages: https://docs.discord.com/developers/resources/message#message-object-message-types
const (
	typeCall  = 3
	typePin   = 6
	typeReply = 19
	forwarded = 1 // of a message's reference
)

// silent are types that nobody would miss.
var silent = map[int]bool{typePin: true}

// contents are what a message says: a text, or its files, of which the first has the text.
func (m *message) contents() []*messagev1.Content {
	said, notes := m.body, []string(nil)
	switch {
	case m.Reference.Type == forwarded && len(m.Snapshots) > 0:
		said = m.Snapshots[0].Message
		notes = append(notes, content.Note("forwarded", ""))
	case m.Type == typeReply && m.Answered != nil && (m.Answered.Content != "" || len(m.Answered.Files) == 0):
		notes = append(notes, content.Note("in reply to", m.Answered.Content))
	case m.Type == typeReply && m.Answered != nil:
		notes = append(notes, content.Note("in reply to a file", m.Answered.Files[0].Name))
	case m.Type == typeReply:
		notes = append(notes, content.Note("in reply to an earlier message", ""))
	}
	text := said.text()
	if m.Type == typeCall {
		text = content.JoinNonEmpty("\n", "[call]", text)
	}
	if len(said.Files) == 0 {
		if text == "" {
			text = "[message of an unknown kind]"
		}
		return []*messagev1.Content{content.WithNotes(content.Text(text), notes...)}
	}
	var all []*messagev1.Content
	for i, f := range said.Files {
		if i > 0 {
			text, notes = "", nil
		}
		all = append(all, content.WithNotes(f.content(text), notes...))
	}
	return all
}

// text is all the words of a message.
func (b body) text() string {
	lines := []string{b.readable()}
	for _, s := range b.Stickers {
		lines = append(lines, content.Note("sticker", s.Name))
	}
	if b.Poll != nil {
		lines = append(lines, content.Note("poll", b.Poll.Question.Text))
	}
	return content.JoinNonEmpty("\n", lines...)
}

// marks are what the apps show otherwise: https://docs.discord.com/developers/reference#message-formatting
var marks = regexp.MustCompile(`<(?:@!?([0-9]{1,20})|a?(:[A-Za-z0-9_]{2,32}:)[0-9]{1,20})>`)

// readable is the text with people and emojis by their names.
func (b body) readable() string {
	return marks.ReplaceAllStringFunc(b.Content, func(mark string) string {
		found := marks.FindStringSubmatch(mark)
		if found[2] != "" {
			return found[2]
		}
		for _, u := range b.Mentions {
			if u.ID == found[1] && u.called() != "" {
				return "@" + u.called()
			}
		}
		return mark
	})
}

// content is a file that is to be fetched, with words beside it.
func (f file) content(words string) *messagev1.Content {
	if f.URL == "" {
		return content.Text(content.JoinNonEmpty("\n", words, content.Note("file that cannot be had", f.Name)))
	}
	kind := messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
	switch mediatype.Family(f.Type) {
	case "image":
		kind = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	case "video":
		kind = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	case "audio":
		kind = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	}
	return content.Attachment(&messagev1.Attachment{
		Kind: kind, Handle: f.URL, MediaType: strings.TrimSpace(f.Type), FileName: f.Name, Size: max(f.Size, 0), Caption: words,
	})
}
