package providertest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
)

// sample is a message at a limit.
type sample struct {
	what    string
	content *messagev1.Content
	// holds are texts that have to reach the network, word for word.
	holds []string
}

// limits sends what Carries says that the network takes: a message of each kind, and texts, captions and buttons of
// exactly their limits. Everything in them must reach the network, in requests that the vendor's description allows.
func (t trial) limits(r reporter) {
	r.Helper()
	texts := t.recorded("text")
	if texts == nil {
		r.Errorf("no conversation sends a text (message.json) that the network takes")
		return
	}
	for kind, samples := range t.samples() {
		recorded := t.recorded(kind)
		for _, one := range samples {
			if recorded != nil {
				t.accepted(r, recorded, one)
				continue
			}
			t.known(r, texts, one)
		}
	}
}

// recording is a message that a conversation sends and the network takes.
type recording struct {
	*conversation
	act     *act
	message *messagev1.Message
}

// recorded is the first recording of a kind, nil for none.
func (t trial) recorded(kind string) *recording {
	for _, c := range t.conversations {
		for _, a := range c.acts {
			if m, err := a.message(); err == nil && a.succeeds() && len(a.answers) > 0 && kindOf(m.GetContent()) == kind {
				return &recording{c, a, m}
			}
		}
	}
	return nil
}

var attachments = map[messagev1.AttachmentKind]string{
	messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE: "image", messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO: "video",
	messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO: "audio", messagev1.AttachmentKind_ATTACHMENT_KIND_FILE: "file",
}

func kindOf(c *messagev1.Content) string {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return "text"
	case *messagev1.Content_Attachment:
		return attachments[k.Attachment.GetKind()]
	case *messagev1.Content_Location:
		return "location"
	case *messagev1.Content_QuickReply:
		return "quick reply"
	default:
		return ""
	}
}

// samples are messages at the limits, by kind.
func (t trial) samples() map[string][]sample {
	c := t.Carries
	out := map[string][]sample{"text": {{"a short text", provider.Text("x"), nil}}}
	add := func(kind, what string, content *messagev1.Content, holds ...string) {
		out[kind] = append(out[kind], sample{what, content, holds})
	}
	title := words(bounded(customchannel.MaxTitle, c.Text.Max), c.Text.Unit)
	if c.Text.Max > 0 {
		long := words(c.Text.Max, c.Text.Unit)
		add("text", fmt.Sprintf("a text of exactly %s (Carries.Text)", amount(c.Text)), provider.Text(long), long)
		if c.Text.Unit == provider.GSM7 {
			text := foreign(c.Text.Max)
			add("text", "a text of another alphabet than GSM-7, as long as it may be", provider.Text(text), text)
		}
	}
	for kind, name := range attachments {
		if !c.Attachment(kind) {
			continue
		}
		a := &messagev1.Attachment{Kind: kind, Url: "<server>/file", FileName: "file", MediaType: "application/octet-stream"}
		add(name, "Carries says "+name+"; an attachment without a caption", provider.Attachment(a))
		if c.Caption.Max > 0 {
			a := proto.CloneOf(a)
			a.Caption = words(c.Caption.Max, c.Caption.Unit)
			add(name, fmt.Sprintf("%s with a caption of exactly %s (Carries.Caption)", name, amount(c.Caption)), provider.Attachment(a), a.GetCaption())
		}
	}
	if c.Location != "" {
		add("location", "Carries says Location; a place", provider.Location(41.3874, 2.1686, ""), "41.3874", "2.1686")
	}
	if c.LocationAddress != "" {
		address := words(customchannel.MaxAddress, "")
		add("location", "a place with its address (Carries.LocationAddress)", provider.Location(41.3874, 2.1686, address), "41.3874", address)
	}
	if c.Buttons.Max > 0 {
		replies := make([]string, c.Buttons.Max)
		for i := range replies {
			size := bounded(customchannel.MaxReply, c.ButtonText.Max)
			replies[i] = ("R" + strconv.Itoa(i) + strings.Repeat("x", size))[:size]
		}
		add("quick reply", fmt.Sprintf("%d quick replies (Carries.Buttons) of exactly Carries.ButtonText, with a long title", c.Buttons.Max), &messagev1.Content{
			Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: title, Replies: replies}},
		}, append([]string{title}, replies...)...)
	}
	return out
}

// bounded is the platform's bound, or the network's where that is lower; 0 for none.
func bounded(most, limit int) int {
	if limit == 0 {
		return most
	}
	return min(most, limit)
}

// amount is a limit in words.
func amount(l provider.Limit) string {
	return fmt.Sprintf("%d %s", l.Max, cmp.Or(l.Unit, provider.UTF16))
}

// accepted sends a sample as a recorded message of its kind was sent: the network that took that one takes this one.
func (t trial) accepted(r reporter, like *recording, one sample) {
	r.Helper()
	m := proto.CloneOf(like.message)
	if a := one.content.GetAttachment(); a != nil { // the recording's file, with another caption
		m.GetContent().GetAttachment().Caption = a.GetCaption()
	} else {
		m.Content = one.content
	}
	requests, err := t.send(r, like, m)
	switch {
	case err != nil:
		r.Errorf("%s is not sent: %v", one.what, err)
	case len(requests) == 0:
		r.Errorf("%s is taken for sent without a request", one.what)
	default:
		for _, text := range one.holds {
			if word := lost(text, requests); word != "" {
				r.Errorf("%s: %q does not reach the network", one.what, word)
				break
			}
		}
	}
	t.allowed(r, one, requests)
}

// known sends a sample whose kind no conversation shows: the network has to know the kind, whatever it would answer.
func (t trial) known(r reporter, like *recording, one sample) {
	r.Helper()
	m := proto.CloneOf(like.message)
	m.Content = one.content
	requests, err := t.send(r, like, m)
	if len(requests) == 0 {
		r.Errorf("%s is not sent: %v", one.what, err)
	}
	t.allowed(r, one, requests)
}

// allowed has the oracle judge what was sent.
func (t trial) allowed(r reporter, one sample, requests []string) {
	r.Helper()
	if t.Oracle == nil {
		return
	}
	for _, text := range requests {
		request := newRequest("", text)
		if _, err := t.Oracle.Check(request); err != nil {
			r.Errorf("%s: by the vendor's description %v\n%s", one.what, err, request.Line)
		}
	}
}

// send sends a message in place of a recorded one, with the same answers, the last as often as it is asked for.
func (t trial) send(r reporter, like *recording, m *messagev1.Message) (requests []string, err error) {
	r.Helper()
	s, err := newStage(t.network, like.conversation)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.kit, s.server.repeat = t.Kit, true
	s.replies.like(&like.act.before)
	_, err = s.act(r, like.act.with(m), like.act.answers)
	requests, _, _ = s.server.seen()
	return requests, err
}
