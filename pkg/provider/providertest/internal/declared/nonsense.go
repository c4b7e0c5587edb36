package declared

import (
	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/samples"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// nonsense sends what is no message: it is refused for good. A file of a kind that nobody
// knows yet may go as something else, a link, but not get lost.
func (t Trial) nonsense(r stage.Reporter) {
	r.Helper()
	like := t.recorded("text")
	if like == nil {
		return // reported with the limits
	}
	const address = "https://example.com/a-file"
	for _, one := range []samples.Sample{
		{What: "a message without a content"},
		{What: "a message with a content of no kind", Content: &messagev1.Content{}},
		{What: "an attachment of no kind", Content: content.Attachment(&messagev1.Attachment{Url: address}), Holds: []string{address}},
		{What: "an attachment of a kind of the future", Content: content.Attachment(&messagev1.Attachment{Kind: 77, Url: address}), Holds: []string{address}},
		{What: "an attachment without an address", Content: content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE})},
	} {
		m := proto.CloneOf(like.message)
		m.Content = one.Content
		requests, err := t.send(r, like, m)
		switch {
		case len(one.Holds) > 0 && len(requests) > 0 && samples.Lost(address, requests) == "":
		case err == nil:
			r.Errorf("%s is taken for sent", one.What)
		case outcome.Classify(err).Class != result.Rejected:
			r.Errorf("%s is %s, not rejected: %v", one.What, conversation.Class(outcome.Classify(err).Class), err)
		}
	}
	m := proto.CloneOf(like.message)
	m.Contact = nil
	if requests, err := t.send(r, like, m); err == nil && len(requests) == 0 {
		r.Errorf("a message to nobody is taken for sent")
	}
}
