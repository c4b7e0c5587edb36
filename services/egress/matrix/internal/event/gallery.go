package event

import (
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

// galleries are the msgtypes of several files in one message, as it is in use and as it is proposed:
// https://github.com/matrix-org/matrix-spec-proposals/pull/4274
var galleries = map[string]bool{"m.gallery": true, "dm.filament.gallery": true}

var itemKinds = map[string]messagev1.AttachmentKind{"m.image": image, "m.video": video, "m.audio": audio, "m.file": other}

// Item is a file of a gallery.
type Item struct {
	// Address is its mxc:// address: where it stands in the list says nothing.
	Address string
	// Content is nil where the item cannot be read.
	Content *messagev1.Content
}

// Gallery are the files of a message of several, none for any other. What the message says of itself is its caption.
func Gallery(fields Object) (items []Item) {
	if !galleries[fields.Text("msgtype")] {
		return nil
	}
	for _, raw := range fields.List("itemtypes") {
		items = append(items, itemOf(Read(raw)))
	}
	return items
}

func itemOf(item Object) Item {
	kind, ok := itemKinds[item.Text("itemtype")]
	url := item.Text("url")
	if url == "" {
		url = item.In("file").Text("url") // of an encrypted file
	}
	if !ok || !media.MatchString(url) {
		return Item{}
	}
	c := attachment(kind, item, item.Text("body"))
	if c == nil { // an encrypted file without a name
		c = content.Text("[encrypted file, which this channel cannot read]")
	}
	return Item{url, c}
}
