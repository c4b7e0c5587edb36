package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery/sent"
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
//
// f finds the texts. Whoever looks for many messages gives the same one each time; nil stands for one of its own.
func Look(ctx context.Context, b *bus.Bus, f *sent.Finder, network, channel, id string) (*Kept, error) {
	if f == nil {
		f = sent.NewFinder(b)
	}
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
		key := topology.Key(id, given.Generation, given.Part)
		o, err := outcomeOf(ctx, b, network, channel, key)
		if err != nil {
			return nil, err
		}
		from, until := s.GetAcceptedAt().AsTime(), time.Time{}
		if o.taken {
			from, until = sent.Around(o.made, o.stored)
		}
		var event *eventv1.Event
		if o.taken || !o.known {
			event, err = f.Find(ctx, network, channel, key, from, until)
		}
		switch {
		case event != nil:
			given.Taken = true
			k.parts = append(k.parts, keptPart{given, event})
		case err != nil && !errors.Is(err, bus.ErrNotFound) && !errors.Is(err, bus.ErrNoStream): // there is none where nothing is kept
			return nil, err
		case failed && o.taken:
			return nil, ErrTextGone
		case failed:
			forgotten = forgotten || !o.known
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

// outcome is what is known of a send: known is true if it has ended, taken if the network took it.
type outcome struct {
	known, taken bool
	made, stored time.Time // by the clocks of the process that sent, and of the broker
}

// outcomeOf is the outcome of a send. It is kept for two days.
func outcomeOf(ctx context.Context, b *bus.Bus, network, channel, key string) (outcome, error) {
	m, err := b.Next(ctx, topology.Outcomes(network).Name, topology.OutcomeSubject(network, channel, key), 1)
	if errors.Is(err, bus.ErrNotFound) {
		return outcome{}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	var e eventv1.Event
	if err := proto.Unmarshal(m.Data, &e); err != nil {
		return outcome{}, fmt.Errorf("outcome of message %s: %w", key, err)
	}
	result := e.GetOutcome().GetResult()
	return outcome{
		known: record.Final(result), taken: result == eventv1.Result_RESULT_SENT, made: e.GetOutcome().GetAt().AsTime(), stored: m.Stored,
	}, nil
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
