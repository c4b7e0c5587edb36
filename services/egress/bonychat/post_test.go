package bonychat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider/content"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	image = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	video = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	audio = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	file  = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
)

func attachment(kind messagev1.AttachmentKind, caption string) *messagev1.Content {
	return content.Attachment(&messagev1.Attachment{
		Kind: kind, Url: "https://bridge.example.com/media/1", MediaType: "image/jpeg", FileName: "a.jpg", Caption: caption, Size: 3,
	})
}

// attached is the same in the contract's words.
func attached(kind customchannel.AttachmentType, description string) *customchannel.Message {
	return &customchannel.Message{Type: customchannel.TypeAttachment, Attachment: &customchannel.Attachment{
		Type: kind, URL: "https://bridge.example.com/media/1", MIMEType: "image/jpeg", FileName: "a.jpg", Description: description,
	}}
}

func text(body string) *customchannel.Message {
	return &customchannel.Message{Type: customchannel.TypeText, Text: body}
}

func TestEveryContentIsInTheContractsWords(t *testing.T) {
	t.Parallel()
	latitude, longitude, zero := 40.4, -3.7, 0.0
	p := newPlatform(t)
	for _, test := range []struct {
		name string
		in   *messagev1.Content
		want *customchannel.Message
	}{
		{"text", content.Text("hola 👋"), text("hola 👋")},
		{"the longest text", content.Text(strings.Repeat("a", 7000)), text(strings.Repeat("a", 7000))},
		{"picture", attachment(image, ""), attached("image", "")},
		{"picture with words", attachment(image, "look"), attached("image", "look")},
		{"film", attachment(video, ""), attached("video", "")},
		{"film with words, which the translator sends apart", attachment(video, "look"), attached("video", "")},
		{"recording", attachment(audio, ""), attached("audio", "")},
		{"file", attachment(file, ""), attached("file", "")},
		{"file without a name", content.Attachment(&messagev1.Attachment{Kind: file, Url: "https://x.example/1"}), &customchannel.Message{
			Type: customchannel.TypeAttachment, Attachment: &customchannel.Attachment{Type: "file", URL: "https://x.example/1"},
		}},
		{"place", content.Location(latitude, longitude, "Sol"), &customchannel.Message{
			Type: customchannel.TypeLocation, Latitude: &latitude, Longitude: &longitude, Address: "Sol",
		}},
		{"place off Africa", content.Location(0, 0, ""), &customchannel.Message{Type: customchannel.TypeLocation, Latitude: &zero, Longitude: &zero}},
		{"quick reply", &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: "well?", Replies: []string{"yes", "no"}}}},
			&customchannel.Message{Type: customchannel.TypeQuickReply, Title: "well?", Replies: []string{"yes", "no"}}},
	} {
		want := &customchannel.Post{ChannelID: "k7m2q9x4t8w1zb", ContactID: "ana@example", Events: []customchannel.Event{
			{Type: customchannel.EventMessage, MID: "abcdefghijklmnopqrstuvwxyz", Timestamp: millis, Message: test.want},
		}}
		if diff := cmp.Diff(want, p.post(event(message(test.in)))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		want.Events[0].Type = customchannel.EventEcho
		echo := &eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: message(test.in), Ref: "r"}}}
		if diff := cmp.Diff(want, p.post(echo)); diff != "" {
			t.Errorf("%s as an echo: %s", test.name, diff)
		}
	}
}

func TestEveryStatusIsInTheContractsWords(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	for s, want := range map[eventv1.Status]customchannel.Status{
		eventv1.Status_STATUS_SENT: {Value: "sent"}, eventv1.Status_STATUS_DELIVERED: {Value: "delivered"}, eventv1.Status_STATUS_READ: {Value: "read"},
		eventv1.Status_STATUS_FAILED: {Value: "failed", Message: "the contact blocked the bot"},
	} {
		post := &customchannel.Post{ChannelID: "k7m2q9x4t8w1zb", ContactID: "+34600111222", Events: []customchannel.Event{
			{Type: customchannel.EventStatus, MID: "0190abcdef0190abcdef0190abcdef01", Timestamp: millis, Status: &want},
		}}
		if diff := cmp.Diff(post, p.post(status(s, want.Message))); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
	}
}

func TestATimeThatNobodyToldIsThatOfAcceptance(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	for name, at := range map[string]*timestamppb.Timestamp{
		"none": nil, "the zero time": timestamppb.New(time.Time{}), "the epoch": {}, "seconds taken for milliseconds": {Seconds: millis},
	} {
		m, s := message(content.Text("hola")), status(eventv1.Status_STATUS_READ, "")
		m.WrittenAt, s.GetStatus().At = at, at
		for what, e := range map[string]*eventv1.Event{"message": event(m), "status": s} {
			if got := p.post(e).Events[0].Timestamp; got != millis+1000 {
				t.Errorf("%s of a %s: %d", name, what, got)
			}
		}
	}
}

func TestAnEditedMessageIsMarked(t *testing.T) {
	t.Parallel()
	const mark = "✏️ "
	full := strings.Repeat("a", customchannel.MaxText)
	p := newPlatform(t)
	for _, test := range []struct {
		name string
		in   *messagev1.Content
		part *messagev1.Part
		want *customchannel.Message
	}{
		{"text", content.Text("hola"), nil, text(mark + "hola")},
		{"the first part of two", content.Text("hola"), &messagev1.Part{Count: 2}, text(mark + "hola")},
		{"the second part of two", content.Text("hola"), &messagev1.Part{Index: 1, Count: 2}, text("hola")},
		{"no room for the mark", content.Text(full), nil, text(full)},
		{"just room for it", content.Text(full[3:]), nil, text(mark + full[3:])},
		{"picture", attachment(image, ""), nil, attached("image", mark)},
		{"picture with words", attachment(image, "look"), nil, attached("image", mark+"look")},
		{"no room for the mark beside a picture", attachment(image, full[:256]), nil, attached("image", full[:256])},
		{"film, which has no words", attachment(video, ""), nil, attached("video", "")},
	} {
		m := message(test.in)
		m.Revision, m.Part = messagev1.Revision_REVISION_EDITED, test.part
		if diff := cmp.Diff(test.want, p.post(event(m)).Events[0].Message); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestEachPartHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	for index, want := range []string{"abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz-1", "abcdefghijklmnopqrstuvwxyz-2"} {
		m := message(content.Text("hola"))
		m.Part = &messagev1.Part{Index: uint32(index), Count: 3}
		if got := p.post(event(m)).Events[0].MID; got != want {
			t.Errorf("part %d: %q", index, got)
		}
	}
}

func TestAProfileIsRepairedOrLeftOut(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	for _, test := range []struct {
		name string
		in   *messagev1.Profile
		want *customchannel.Contact
	}{
		{"unknown", nil, nil},
		{"empty", &messagev1.Profile{}, nil},
		{"nothing that fits", &messagev1.Profile{Email: "none", PictureUrl: "mxc://x/1", Language: "Klingon", Country: "Earth"}, nil},
		{"everything", &messagev1.Profile{
			FirstName: "Ana", LastName: "García", Phone: "+34600111222", Email: "ana@example.com", PictureUrl: "https://x.example/a.jpg", Language: "es", Country: "ES",
		}, &customchannel.Contact{
			FirstName: "Ana", LastName: "García", Phone: "+34600111222", Email: "ana@example.com", ProfilePic: "https://x.example/a.jpg", Language: "es", CountryCode: "ES",
		}},
		{"too long a name, the rest in other letters", &messagev1.Profile{FirstName: strings.Repeat("ñ", 60), Language: "ES", Country: "es"}, &customchannel.Contact{
			FirstName: strings.Repeat("ñ", 50), Language: "es", CountryCode: "ES",
		}},
	} {
		m := message(content.Text("hola"))
		m.Contact.Profile = test.in
		if diff := cmp.Diff(test.want, p.post(event(m)).Contact); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if body := string(p.body); strings.Contains(body, "null") || strings.Contains(body, `""`) || test.want == nil && strings.Contains(body, `"contact"`) {
			t.Errorf("%s: %s", test.name, body)
		}
	}
}
