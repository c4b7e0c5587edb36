package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// ErrTextGone means that the text of a message that failed by a receipt is no longer kept, or never was: see [topology.Sent].
var ErrTextGone = errors.New("the text of the message is not kept any more")

// Kept is a message to a contact that its network took and then reported as failed, with the parts that can be sent again. It holds
// content, which does not leave this package.
type Kept struct {
	network, channel, id string

	parts []keptPart
}

// keptPart is one part, or the whole of a message that has none.
type keptPart struct {
	record.Given
	event *eventv1.Event
}

// Look finds the parts of a message that failed by a receipt and can be sent again. It changes nothing. A part that the network refused at
// once is not among them: it has a dead letter.
//
// [ErrTextGone] means that the text of one of the parts is gone: then no part can be sent, because half a message is worse than none.
// [ErrFinal] means that the message's record is gone. Other errors are the broker's.
func Look(ctx context.Context, b *bus.Bus, network, channel, id string) (*Kept, error) {
	s, err := record.New(b).Standing(ctx, channel, id)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%w: what is known of the message has been forgotten", ErrFinal)
	}
	k := &Kept{network: network, channel: channel, id: id}
	forgotten := false
	for p := range s.GetParts() {
		given, failed := givenUp(s, uint32(p))
		if !failed && !given.Taken {
			continue
		}
		event := &eventv1.Event{}
		key := topology.Key(id, given.Generation, given.Part)
		_, err := b.Read(ctx, topology.SentSubject(network, channel, key), event)
		switch {
		case err == nil && topology.MessageOf(event) != nil:
			given.Taken = true
			k.parts = append(k.parts, keptPart{given, event})
		case err != nil && !errors.Is(err, bus.ErrNotFound) && !errors.Is(err, bus.ErrNoStream): // there is none where nothing is kept
			return nil, err
		case failed:
			taken, known, err := wasTaken(ctx, b, network, channel, key)
			if err != nil {
				return nil, err
			}
			if taken {
				return nil, ErrTextGone
			}
			forgotten = forgotten || !known
		}
	}
	if len(k.parts) == 0 && forgotten {
		return nil, ErrTextGone
	}
	return k, nil
}

// givenUp is the generation in which a part was given up last. failed says that it stands so now. Taken is set for one that was
// sent again and of which there is no news: whoever did so may have died before it was published.
func givenUp(s *indexv1.State, part uint32) (g record.Given, failed bool) {
	g = record.Given{Part: part, Generation: record.PartGeneration(s, part)}
	switch s.GetParts()[part] {
	case eventv1.Status_STATUS_FAILED:
		return g, true
	case eventv1.Status_STATUS_UNSPECIFIED:
		if g.Taken = record.PartResent(s, part) > 0 && g.Generation > 0; g.Taken {
			g.Generation--
		}
	}
	return g, false
}

// wasTaken says whether the network took a send, as far as its outcome is known.
func wasTaken(ctx context.Context, b *bus.Bus, network, channel, key string) (taken, known bool, err error) {
	var e eventv1.Event
	_, err = b.Read(ctx, topology.OutcomeSubject(network, channel, key), &e)
	if errors.Is(err, bus.ErrNotFound) {
		return false, false, nil
	}
	result := e.GetOutcome().GetResult()
	return result == eventv1.Result_RESULT_SENT, err == nil && record.Final(result), err
}

// Some is true if there is a part to send again.
func (k *Kept) Some() bool { return len(k.parts) > 0 }

// Next are the keys under which its parts are sent again.
func (k *Kept) Next() (keys []string) {
	for _, p := range k.parts {
		keys = append(keys, topology.Key(k.id, p.Generation+1, p.Part))
	}
	return keys
}

// Contact is the digest of the contact, for counting contacts.
func (k *Kept) Contact(d record.Digester) string {
	if len(k.parts) == 0 {
		return ""
	}
	return d.Digest(digest.ForReplay, k.network, k.channel, topology.MessageOf(k.parts[0].event).GetContact().GetAddress())
}

// Files are the addresses of its attachments. They are content and belong in no log.
func (k *Kept) Files() (urls []string) {
	for _, p := range k.parts {
		if a := topology.MessageOf(p.event).GetContent().GetAttachment(); a.GetUrl() != "" {
			urls = append(urls, a.GetUrl())
		}
	}
	return urls
}

// Resend puts a message that failed by a receipt on its way once more, behind what already waits for its channel. The contact may get it
// twice, because a network that reports a failure may be wrong. again is true if the message is on its way now; it is false if there was
// nothing to send, or if somebody else sent it again and there is news of that.
//
// Like [Replay] it can be called twice, even at once, and again after an interruption: the record goes to the next generation by
// compare-and-set, then the message is published under keys of that generation, which are looked up before they are sent a second
// time. To the network it is a new message; late news of the first time does not count for it.
//
// [ErrFinal] means that the message cannot be sent again, now or later. After any other error call Resend again.
func Resend(ctx context.Context, b *bus.Bus, k *Kept) (again bool, err error) {
	if !k.Some() {
		return false, nil
	}
	ctx, span := b.StartSpan(b.About(ctx, topology.SentSubject(k.network, k.channel, k.id), k.parts[0].event), "replay", topology.Sent.Name, trace.SpanKindInternal)
	defer span.End()
	r := &replayer{b, record.New(b)}
	var given []record.Given
	for _, p := range k.parts {
		given = append(given, p.Given)
	}
	begun, parts, err := r.index.ReplayOutbound(ctx, topology.MessageOf(k.parts[0].event), given)
	if err != nil || begun == record.ReplayDone {
		return false, err
	}
	var (
		posts    []bus.Post
		messages []*messagev1.Message
	)
	for _, p := range k.parts {
		if !slices.Contains(parts, p.Part) {
			continue
		}
		event := renewed(p.event)
		m := topology.MessageOf(event)
		m.Resent++
		messages = append(messages, m)
		posts = append(posts, bus.Post{
			Subject: topology.EgressSubject(k.network, k.channel), ID: topology.MessageKey(m), Body: event, Repeat: begun == record.ReplayResumed,
		})
	}
	if err := b.PublishAll(ctx, posts); err != nil {
		return false, err
	}
	return true, r.noteReplay(ctx, messages)
}
