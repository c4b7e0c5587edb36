package declared

import (
	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/samples"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// limits sends what Carries says that the network takes: a message of each kind, and texts, captions and buttons of
// exactly their limits. Everything in them must reach the network, in requests that the vendor's description allows.
func (t Trial) limits(r stage.Reporter) {
	r.Helper()
	texts := t.recorded("text")
	if texts == nil {
		r.Errorf("no conversation sends a text (message.json) that the network takes")
		return
	}
	for kind, several := range samples.Of(t.Carries) {
		recorded := t.recorded(kind)
		for _, one := range several {
			if recorded != nil {
				t.accepted(r, recorded, one)
				continue
			}
			t.known(r, texts, one)
		}
	}
}

// accepted sends a sample as a recorded message of its kind was sent: the network that took that one takes this one.
func (t Trial) accepted(r stage.Reporter, like *recording, one samples.Sample) {
	r.Helper()
	m := proto.CloneOf(like.message)
	if a := one.Content.GetAttachment(); a != nil { // the recording's file, with another caption
		m.GetContent().GetAttachment().Caption = a.GetCaption()
	} else {
		m.Content = one.Content
	}
	requests, err := t.send(r, like, m)
	switch {
	case err != nil:
		r.Errorf("%s is not sent: %v", one.What, err)
	case len(requests) == 0:
		r.Errorf("%s is taken for sent without a request", one.What)
	default:
		for _, text := range one.Holds {
			if word := samples.Lost(text, requests); word != "" {
				r.Errorf("%s: %q does not reach the network", one.What, word)
				break
			}
		}
	}
	t.allowed(r, one, requests)
}

// known sends a sample whose kind no conversation shows: the network has to know the kind, whatever it would answer.
func (t Trial) known(r stage.Reporter, like *recording, one samples.Sample) {
	r.Helper()
	m := proto.CloneOf(like.message)
	m.Content = one.Content
	requests, err := t.send(r, like, m)
	if len(requests) == 0 {
		r.Errorf("%s is not sent: %v", one.What, err)
	}
	t.allowed(r, one, requests)
}

// allowed has the oracle judge what was sent.
func (t Trial) allowed(r stage.Reporter, one samples.Sample, requests []string) {
	r.Helper()
	if t.Oracle == nil {
		return
	}
	for _, text := range requests {
		request := conversation.NewRequest("", text)
		if _, err := t.Oracle.Check(request); err != nil {
			r.Errorf("%s: by the vendor's description %v\n%s", one.What, err, request.Line)
		}
	}
}

// send sends a message in place of a recorded one, with the same answers, the last as often as it is asked for.
func (t Trial) send(r stage.Reporter, like *recording, m *messagev1.Message) (requests []string, err error) {
	r.Helper()
	s, err := stage.New(t.Network, like.Conversation, t.Rules)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Server.Repeat = true
	s.Replies.CopyFrom(&like.act.Before)
	s.State.CopyFrom(&like.act.Kept)
	_, err = s.Act(r, like.act.With(m), like.act.Answers)
	requests, _, _ = s.Server.Seen()
	return requests, err
}
