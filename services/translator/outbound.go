package translator

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/fit"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// outbound takes a message from the platform to its network: claimed, addressed, fitted, all parts or none.
func (t *Translator) outbound(ctx context.Context, e *bus.Entry, m *messagev1.Message) error {
	c, err := t.channel(ctx, e, m.GetChannel())
	if err != nil {
		return err
	}
	network, err := t.declared.Of(m.GetNetwork())
	if err != nil {
		return err
	}
	contents, numbered := fit.Fit(m.GetContent(), network.Carries)
	claim, found, err := t.claimOutbound(ctx, m.GetChannel(), m.GetId(), &indexv1.State{
		Sequence: e.Sequence, Standing: indexv1.Standing_STANDING_TAKEN, Generation: m.GetGeneration(),
		Parts: make([]eventv1.Status, len(contents)), Address: m.GetContact().GetAddress(), Network: m.GetNetwork(),
		AcceptedAt: m.GetAcceptedAt(), Traceparent: bus.TraceParent(ctx), Contents: fitted(m, contents),
	})
	if err != nil {
		return err
	}
	contact := t.nameKey(m.GetChannel(), m.GetContact().GetAddress())
	if claim == repeated || claim == voided {
		end := entry(m, contact, journalv1.Hop_HOP_REPEATED)
		if claim == voided {
			end.Reason = "the platform was told that it was not taken"
		}
		return t.journal.repeated(ctx, e.Sequence, end)
	}
	published := false
	if claim == mine {
		contents, published = resumed(found, m, contents)
		numbered = numberedIn(m.GetContent(), contents)
	}
	address, err := t.address(ctx, c, m.GetContact().GetAddress())
	if err != nil {
		return err
	}
	if err := t.openReplies(ctx, e.Sequence, m, numbered, claim); err != nil {
		return err
	}
	if network.Confirms.Echoes != "" && !published {
		if err := t.willSend(ctx, m); err != nil {
			return err
		}
	}
	if !published {
		if err := t.bus.PublishAll(ctx, posts(m.GetNetwork(), m, address, contents, claim == mine)); err != nil {
			t.journal.heldUp(ctx, m, contact)
			return err
		}
	}
	return t.journal.write(ctx, routed(m, contact))
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
