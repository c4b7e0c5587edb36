package translator

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/fit"
	"github.com/bonychat/puente/services/translator/internal/journal"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// outbound takes a message from the platform to its network: claimed, addressed, fitted, all parts or none.
func (t *Translator) outbound(ctx context.Context, e *consume.Entry, m *messagev1.Message) error {
	c, err := t.channel(ctx, e, m)
	if err != nil {
		return err
	}
	network, err := t.declared.Of(m.GetNetwork())
	if err != nil {
		return err
	}
	contents, numbered := fit.Fit(m.GetContent(), network.Carries)
	taken, err := t.index.ClaimOutbound(ctx, e.Sequence, m, contents)
	if err != nil {
		return err
	}
	contact := t.contacts.Key(m.GetChannel(), m.GetContact().GetAddress())
	if taken.Claim == record.Repeated || taken.Claim == record.Voided {
		end := journal.Entry(m, contact, journalv1.Hop_HOP_REPEATED)
		if taken.Claim == record.Voided {
			end.Reason, end.Why = reason.NotTaken.String(), reason.NotTaken.Proto()
		}
		return t.repeated(ctx, e, end)
	}
	again := taken.Claim == record.Resumed
	if again {
		numbered = numberedIn(m.GetContent(), taken.Contents)
	}
	address, err := t.contacts.Address(ctx, c, m.GetContact().GetAddress())
	if err != nil {
		return err
	}
	if err := t.openReplies(ctx, e.Sequence, m, numbered, again); err != nil {
		return err
	}
	onItsWay := journal.Routed(m, contact, len(taken.Contents))
	onItsWay.Ends = timestamppb.New(m.GetAcceptedAt().AsTime().Add(network.Validity))
	if taken.OnTheirWay {
		return t.journal.Note(ctx, e, onItsWay)
	}
	if network.Confirms.Echoes != "" {
		if err := t.index.NoteSend(ctx, m.GetNetwork(), m.GetChannel(), contact, m.GetId()); err != nil {
			return err
		}
	}
	failpoint.Claimed.Reach()
	if err := t.bus.PublishAll(ctx, posts(m.GetNetwork(), m, address, taken.Contents, again)); err != nil {
		t.journal.HeldUp(ctx, m, contact)
		return err
	}
	failpoint.OnItsWay.Reach()
	return t.journal.Note(ctx, e, onItsWay)
}

// posts are the parts of a message, each under its key.
func posts(far string, m *messagev1.Message, address string, contents []*messagev1.Content, repeat bool) []bus.Post {
	var posts []bus.Post
	for i, content := range contents {
		part := proto.CloneOf(m)
		part.Contact.Address, part.Content = address, content
		if len(contents) > 1 {
			part.Part = &messagev1.Part{Index: uint32(i), Count: uint32(len(contents))}
		}
		posts = append(posts, bus.Post{
			Subject: topology.EgressSubject(far, m.GetChannel()), ID: topology.MessageKey(part), Repeat: repeat,
			Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: part}},
		})
	}
	return posts
}

// numberedIn are the replies of a question whose parts offer them by number, nil where they can be tapped.
func numberedIn(c *messagev1.Content, contents []*messagev1.Content) []string {
	if slices.ContainsFunc(contents, func(part *messagev1.Content) bool { return part.GetQuickReply() != nil }) {
		return nil
	}
	return slices.Clone(c.GetQuickReply().GetReplies())
}
