package translator

import (
	"slices"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// What an earlier try may have published is not split anew: the network may declare that it carries something else by
// now, and parts of two ways to split must not meet under the same keys.

// fitted is what the record of a message remembers of its parts: nothing where it goes as it was written.
func fitted(m *messagev1.Message, contents []*messagev1.Content) []*messagev1.Content {
	if len(contents) == 1 && contents[0] == m.GetContent() {
		return nil
	}
	return contents
}

// resumed are the parts as the earlier try made them. published says that all of them are on their way: there is news
// of one. today is how the message would be split now.
func resumed(found *indexv1.State, m *messagev1.Message, today []*messagev1.Content) (contents []*messagev1.Content, published bool) {
	published = slices.ContainsFunc(found.GetParts(), func(s eventv1.Status) bool { return s != eventv1.Status_STATUS_UNSPECIFIED })
	switch n := len(found.GetParts()); {
	case n == len(found.GetContents()):
		return found.GetContents(), published
	case n == 1:
		return []*messagev1.Content{m.GetContent()}, published
	default:
		return today, published
	}
}

// numberedIn are the replies of a question whose parts offer them by number, nil where they can be tapped.
func numberedIn(c *messagev1.Content, contents []*messagev1.Content) []string {
	if slices.ContainsFunc(contents, func(part *messagev1.Content) bool { return part.GetQuickReply() != nil }) {
		return nil
	}
	return slices.Clone(c.GetQuickReply().GetReplies())
}
