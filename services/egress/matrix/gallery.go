package matrix

import (
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
)

// galleries are the msgtypes of several files in one message, as it is in use and as it is proposed:
// https://github.com/matrix-org/matrix-spec-proposals/pull/4274
var galleries = map[string]bool{"m.gallery": true, "dm.filament.gallery": true}

var itemKinds = map[string]messagev1.AttachmentKind{"m.image": image, "m.video": video, "m.audio": audio, "m.file": other}

// eventsOf are what one event of a room says: a gallery is its caption and each of its files, anything else is one. An
// edit of a gallery tells its caption.
func eventsOf(a Account, o object) []provider.Event {
	e := eventOf(a, o)
	fields := o.in("content")
	items := fields.list("itemtypes")
	if !galleries[fields.text("msgtype")] || e.Content == nil || e.Edited || len(items) == 0 {
		return []provider.Event{e}
	}
	var all []provider.Event
	if fields.text("body") != "" {
		all = append(all, e)
	}
	for _, raw := range items {
		all = append(all, itemOf(e, read(raw)))
	}
	return all
}

// itemOf is a file of a gallery. Its key is the event's with its address: where it stands in the list says nothing.
func itemOf(gallery provider.Event, item object) provider.Event {
	kind, ok := itemKinds[item.text("itemtype")]
	url := item.text("url")
	if url == "" {
		url = item.in("file").text("url") // of an encrypted file
	}
	if !ok || !media.MatchString(url) {
		return provider.UnreadableEvent("an item of a gallery has no known itemtype, or no address")
	}
	c := attachment(kind, item, item.text("body"))
	if c == nil { // an encrypted file without a name
		c = content.Text("[encrypted file, which this channel cannot read]")
	}
	e := provider.MessageEvent(gallery.Key+":"+url, gallery.Contact, c).WithTime(gallery.At)
	if gallery.Reply != nil {
		e = e.WithReply(*gallery.Reply)
	}
	return e
}
