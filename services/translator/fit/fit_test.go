package fit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/provider"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	"github.com/bonychat/puente/services/translator/fit"
)

func text(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

func attachment(kind messagev1.AttachmentKind, url, name, caption string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Attachment{Attachment: &messagev1.Attachment{
		Kind: kind, Url: url, FileName: name, Caption: caption, MediaType: "image/jpeg",
	}}}
}

func location(lat, lon float64, address string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Location{Location: &messagev1.Location{
		Latitude: lat, Longitude: lon, Address: address,
	}}}
}

func quickReply(title string, replies ...string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{
		Title: title, Replies: replies,
	}}}
}

// page is the vendor's, where something is carried.
const page = "https://docs.example.com"

const (
	image = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	audio = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	video = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	file  = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
)

func TestFit(t *testing.T) {
	all := provider.Carries{
		Text: provider.Limit{Max: 40}, Caption: provider.Limit{Max: 10}, Image: page, Video: page, Audio: page, File: page, Location: page, LocationAddress: page,
		Buttons: provider.Limit{Max: 3}, ButtonText: provider.Limit{Max: 5},
	}
	with := func(change func(*provider.Carries)) provider.Carries {
		c := all
		change(&c)
		return c
	}
	photo := attachment(image, "https://x.test/a.jpg", "a.jpg", "Your photo")

	for _, tc := range []struct {
		name     string
		in       *messagev1.Content
		carries  provider.Carries
		want     []*messagev1.Content
		numbered []string
	}{
		{
			name: "text that fits stays", in: text("hello"), carries: all,
			want: []*messagev1.Content{text("hello")},
		}, {
			name: "long text is split", in: text("The first sentence is here. The second follows."), carries: all,
			want: []*messagev1.Content{text("The first sentence is here. "), text("The second follows.")},
		}, {
			name: "no limit, no split", in: text(strings.Repeat("word ", 5000)), carries: provider.Carries{},
			want: []*messagev1.Content{text(strings.Repeat("word ", 5000))},
		}, {
			name: "attachment and caption that are carried stay", in: photo, carries: all,
			want: []*messagev1.Content{photo},
		}, {
			name: "longer caption follows", in: attachment(image, "https://x.test/a.jpg", "a.jpg", "Your photo!"), carries: all,
			want: []*messagev1.Content{attachment(image, "https://x.test/a.jpg", "a.jpg", ""), text("Your photo!")},
		}, {
			name: "caption that is not carried follows, split", in: attachment(image, "https://x.test/a.jpg", "", "one two"),
			carries: with(func(c *provider.Carries) { c.Caption.Max, c.Text.Max = 0, 5 }),
			want:    []*messagev1.Content{attachment(image, "https://x.test/a.jpg", "", ""), text("one "), text("two")},
		}, {
			name: "no caption, no text", in: attachment(audio, "https://x.test/a.ogg", "a.ogg", ""),
			carries: with(func(c *provider.Carries) { c.Caption.Max = 0 }),
			want:    []*messagev1.Content{attachment(audio, "https://x.test/a.ogg", "a.ogg", "")},
		}, {
			name: "picture that is not carried is caption and link", in: photo,
			carries: with(func(c *provider.Carries) { c.Image = "" }),
			want:    []*messagev1.Content{text("Your photo\nhttps://x.test/a.jpg")},
		}, {
			name: "recording without caption is name and link", in: attachment(video, "https://x.test/9", "tour.mp4", ""),
			carries: provider.Carries{},
			want:    []*messagev1.Content{text("tour.mp4\nhttps://x.test/9")},
		}, {
			name: "document keeps its name next to its caption", in: attachment(file, "https://x.test/9", "bill.pdf", "Your bill"),
			carries: provider.Carries{},
			want:    []*messagev1.Content{text("Your bill\nbill.pdf\nhttps://x.test/9")},
		}, {
			name: "link is not cut for a long caption", in: attachment(file, "https://x.test/23456789012345", "", "Here is what you asked for"),
			carries: provider.Carries{Text: provider.Limit{Max: 40}},
			want:    []*messagev1.Content{text("Here is what you asked for\n"), text("https://x.test/23456789012345")},
		}, {
			name: "unknown kind of attachment goes as a link", in: attachment(0, "https://x.test/9", "", ""), carries: all,
			want: []*messagev1.Content{text("https://x.test/9")},
		}, {
			name: "attachment without anything is left to be refused", in: attachment(image, "", "", ""), carries: provider.Carries{},
			want: []*messagev1.Content{attachment(image, "", "", "")},
		}, {
			name: "place with address stays", in: location(40.416775, -3.70379, "Puerta del Sol"), carries: all,
			want: []*messagev1.Content{location(40.416775, -3.70379, "Puerta del Sol")},
		}, {
			name: "address that is not carried follows", in: location(40.416775, -3.70379, "Puerta del Sol"),
			carries: with(func(c *provider.Carries) { c.LocationAddress = "" }),
			want:    []*messagev1.Content{location(40.416775, -3.70379, ""), text("Puerta del Sol")},
		}, {
			name: "place without address needs no text", in: location(1, 2, ""),
			carries: with(func(c *provider.Carries) { c.LocationAddress = "" }),
			want:    []*messagev1.Content{location(1, 2, "")},
		}, {
			name: "place that is not carried is address and link", in: location(40.416775, -3.70379, "Puerta del Sol"),
			carries: provider.Carries{},
			want:    []*messagev1.Content{text("Puerta del Sol\nhttps://www.google.com/maps?q=40.416775,-3.70379")},
		}, {
			name: "tiny coordinates are written out", in: location(-0.0000001, 180, ""), carries: provider.Carries{},
			want: []*messagev1.Content{text("https://www.google.com/maps?q=-0.0000001,180")},
		}, {
			name: "link to a map is not cut for a long address", in: location(10.5, 20.5, "a short address"),
			carries: provider.Carries{Text: provider.Limit{Max: 45}},
			want:    []*messagev1.Content{text("a short address\n"), text("https://www.google.com/maps?q=10.5,20.5")},
		}, {
			name: "replies that can be tapped stay", in: quickReply("Well?", "Yes", "No", "Maybe"), carries: all,
			want: []*messagev1.Content{quickReply("Well?", "Yes", "No", "Maybe")},
		}, {
			name: "longer title leaves the buttons under its end", carries: all,
			in:   quickReply("We are open on Monday. Would that be fine for you?", "Yes", "No"),
			want: []*messagev1.Content{text("We are open on Monday. "), quickReply("Would that be fine for you?", "Yes", "No")},
		}, {
			name: "too many replies are numbered", in: quickReply("Well?", "a", "b", "c", "d"), carries: all,
			want:     []*messagev1.Content{text("Well?\n\n1. a\n2. b\n3. c\n4. d")},
			numbered: []string{"a", "b", "c", "d"},
		}, {
			name: "too long a reply numbers all", in: quickReply("Well?", "Yes", "Rather not"), carries: all,
			want:     []*messagev1.Content{text("Well?\n\n1. Yes\n2. Rather not")},
			numbered: []string{"Yes", "Rather not"},
		}, {
			name: "no buttons, numbered", in: quickReply("Well?", "Yes"), carries: provider.Carries{},
			want:     []*messagev1.Content{text("Well?\n\n1. Yes")},
			numbered: []string{"Yes"},
		}, {
			name: "no limit for a reply", in: quickReply("Well?", strings.Repeat("y", 300)),
			carries: with(func(c *provider.Carries) { c.ButtonText.Max = 0 }),
			want:    []*messagev1.Content{quickReply("Well?", strings.Repeat("y", 300))},
		}, {
			name: "list without a title", in: quickReply("", "Yes", "No"), carries: provider.Carries{},
			want:     []*messagev1.Content{text("1. Yes\n2. No")},
			numbered: []string{"Yes", "No"},
		}, {
			name: "long list is split between its lines", in: quickReply("Which of these?", "first answer", "second answer"),
			carries: provider.Carries{Text: provider.Limit{Max: 36}},
			want:    []*messagev1.Content{text("Which of these?\n\n1. first answer\n"), text("2. second answer")},
			numbered: []string{
				"first answer", "second answer",
			},
		}, {
			name: "nothing to choose from is words", in: quickReply("Well?"), carries: all,
			want: []*messagev1.Content{text("Well?")},
		}, {
			name: "empty text is left to be refused", in: text(""), carries: all,
			want: []*messagev1.Content{text("")},
		}, {
			name: "no kind is left to be refused", in: &messagev1.Content{}, carries: all,
			want: []*messagev1.Content{{}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := proto.CloneOf(tc.in)
			parts, numbered := fit.Fit(tc.in, tc.carries)
			if diff := cmp.Diff(tc.want, parts, protocmp.Transform()); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.numbered, numbered); diff != "" {
				t.Errorf("numbered (-want +got):\n%s", diff)
			}
			if !proto.Equal(before, tc.in) {
				t.Error("the argument was changed")
			}
		})
	}
}

// Each part of each kind fits what the network says it carries, and what went in as words comes out.
func TestFitKeepsToEveryLimit(t *testing.T) {
	words := strings.Repeat("Ein Satz mit Wörtern. [x] 👩‍👩‍👧 ", 40)
	long := strings.Repeat("reply ", 20)
	for _, unit := range []provider.Unit{"", provider.UTF16, provider.Bytes, provider.GSM7} {
		for bits := range 1 << 7 {
			carried := func(bit int) provider.Page { return provider.Page(page[:len(page)*min(1, bits&bit)]) }
			carries := provider.Carries{
				Text: provider.Limit{Max: 90, Unit: unit}, Caption: provider.Limit{Max: bits & 1 * 20, Unit: unit}, Image: carried(2), Location: carried(4),
				LocationAddress: carried(8), Buttons: provider.Limit{Max: bits & 16 / 16 * 3}, ButtonText: provider.Limit{Max: bits & 32 / 32 * 8, Unit: unit},
				File: carried(64),
			}
			for _, c := range []*messagev1.Content{
				text(words), attachment(image, "https://x.test/a", "n", words), attachment(file, "https://x.test/a", "", "short"),
				location(1.5, 2.5, words), quickReply(words, "a", "b"), quickReply("Well?", long, "b", "c", "d"),
			} {
				parts, _ := fit.Fit(c, carries)
				for _, p := range parts {
					if err := fitting(p, carries); err != nil {
						t.Fatalf("%+v: %T: %v", carries, c.GetKind(), err)
					}
				}
				if want, got := letters(c), letters(parts...); !strings.Contains(got, want) {
					t.Fatalf("%+v: %T: lost words:\n%q\n%q", carries, c.GetKind(), want, got)
				}
			}
		}
	}
}

// fitting says why a part does not fit.
func fitting(c *messagev1.Content, carries provider.Carries) error {
	within := func(s string, limit provider.Limit) error {
		if limit.Max > 0 && size(s, limit.Unit) > allowed(s, limit.Max, limit.Unit) {
			return fmt.Errorf("%d is over %d", size(s, limit.Unit), limit.Max)
		}
		return nil
	}
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		if k.Text.GetBody() == "" {
			return fmt.Errorf("empty part")
		}
		return within(k.Text.GetBody(), carries.Text)
	case *messagev1.Content_Attachment:
		if !carries.Attachment(k.Attachment.GetKind()) {
			return fmt.Errorf("attachment is not carried")
		}
		if k.Attachment.GetCaption() != "" && carries.Caption.Max == 0 {
			return fmt.Errorf("caption is not carried")
		}
		return within(k.Attachment.GetCaption(), carries.Caption)
	case *messagev1.Content_Location:
		if carries.Location == "" || k.Location.GetAddress() != "" && carries.LocationAddress == "" {
			return fmt.Errorf("location is not carried")
		}
		return nil
	case *messagev1.Content_QuickReply:
		if len(k.QuickReply.GetReplies()) > carries.Buttons.Max {
			return fmt.Errorf("too many buttons")
		}
		for _, r := range k.QuickReply.GetReplies() {
			if err := within(r, carries.ButtonText); err != nil {
				return err
			}
		}
		return within(k.QuickReply.GetTitle(), carries.Text)
	}
	return fmt.Errorf("unknown kind")
}

// letters are all words of contents, in order, without white space.
func letters(cs ...*messagev1.Content) string {
	var b strings.Builder
	for _, c := range cs {
		b.WriteString(c.GetText().GetBody() + c.GetAttachment().GetCaption() + c.GetLocation().GetAddress() + c.GetQuickReply().GetTitle())
	}
	return strings.Join(strings.Fields(b.String()), "")
}
