package slack

import (
	"encoding/json"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
)

// message is https://docs.slack.dev/reference/events/message
type message struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type"`
	User        string          `json:"user"`
	Bot         string          `json:"bot_id"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	Thread      string          `json:"thread_ts"`
	Blocks      json.RawMessage `json:"blocks"`
	Files       []file          `json:"files"`
	Shared      []shared        `json:"attachments"`
	Edited      *struct {
		TS string `json:"ts"`
	} `json:"edited"`
	Profile struct {
		First   string `json:"first_name"`
		Real    string `json:"real_name"`
		Display string `json:"display_name"`
	} `json:"user_profile"`
	// Message is the message that was changed, Previous the one before it, or that was deleted.
	Message  *message `json:"message"`
	Previous *message `json:"previous_message"`
	Deleted  string   `json:"deleted_ts"`
}

// shared is a message that was forwarded, or a preview of a link.
type shared struct {
	IsShare bool   `json:"is_share"`
	Author  string `json:"author_name"`
	Text    string `json:"text"`
	Files   []file `json:"files"`
}

// file is https://docs.slack.dev/reference/objects/file-object
type file struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Type     string `json:"mimetype"`
	Size     int64  `json:"size"`
	Mode     string `json:"mode"`
	External bool   `json:"is_external"`
	Access   string `json:"file_access"`
	Private  string `json:"url_private"`
	Download string `json:"url_private_download"`
}

// contents are what a message says: a text, or its files, of which the first has the text.
func (m *message) contents() []*messagev1.Content {
	lines := []string{m.words()}
	files := m.Files
	for _, s := range m.Shared {
		if s.IsShare {
			note := content.Note("forwarded", "")
			if s.Author != "" {
				note = content.Note("forwarded from", readable(s.Author))
			}
			lines = append(lines, note, readable(s.Text))
			files = append(files[:len(files):len(files)], s.Files...)
		}
	}
	text := content.JoinNonEmpty("\n", lines...)
	if len(files) == 0 {
		if text == "" {
			text = "[message of an unknown kind]"
		}
		return []*messagev1.Content{content.Text(text)}
	}
	var all []*messagev1.Content
	for i, f := range files {
		if i > 0 {
			text = ""
		}
		all = append(all, f.content(text))
	}
	return all
}

// words are the text, with its emojis drawn.
func (m *message) words() string {
	text := m.Text
	if pairs := emojis(m.Blocks); len(pairs) > 0 {
		text = strings.NewReplacer(pairs...).Replace(text)
	}
	return readable(text)
}

// address is where a file is, "" for nowhere.
func (f file) address() string {
	if f.Download != "" {
		return f.Download
	}
	return f.Private
}

// called is a file's name.
func (f file) called() string {
	if f.Name != "" {
		return f.Name
	}
	return f.Title
}

// Access of a file that has to be asked for, and modes of files that are not there any more.
// https://docs.slack.dev/reference/objects/file-object
const (
	askFor    = "check_file_info"
	tombstone = "tombstone"
	hidden    = "hidden_by_limit"
)

// byID begins the handle of a file whose address has to be asked for.
const byID = "file:"

// content is a file that is to be fetched, with words beside it.
func (f file) content(words string) *messagev1.Content {
	handle := f.address()
	switch {
	case f.External:
		return content.Text(content.JoinNonEmpty("\n", words, content.Note("file", f.called()), f.Private))
	case f.Access == askFor && f.ID != "":
		handle = byID + f.ID
	case handle == "", f.Mode == tombstone, f.Mode == hidden:
		return content.Text(content.JoinNonEmpty("\n", words, content.Note("file that cannot be had", f.called())))
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
		Kind: kind, Handle: handle, MediaType: strings.TrimSpace(f.Type), FileName: f.called(), Size: max(f.Size, 0), Caption: words,
	})
}
