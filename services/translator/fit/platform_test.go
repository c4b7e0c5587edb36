package fit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	"github.com/bonychat/puente/services/translator/fit"
)

func TestForPlatform(t *testing.T) {
	typed := func(c *messagev1.Content, media string) *messagev1.Content {
		c.GetAttachment().MediaType = media
		return c
	}
	text7000 := strings.Repeat("x", 7000)
	url2000 := "https://x.test/" + strings.Repeat("p", 1985)
	long := strings.Repeat("n", 300)

	for _, tc := range []struct {
		name string
		in   *messagev1.Content
		want []*messagev1.Content
	}{
		{"text at the limit stays", text(text7000), []*messagev1.Content{text(text7000)}},
		{"longer text is split", text(text7000 + " y"), []*messagev1.Content{text(text7000), text(" y")}},
		{
			"caption of an image stays", attachment(image, "https://x.test/a", "a.jpg", "Look"),
			[]*messagev1.Content{attachment(image, "https://x.test/a", "a.jpg", "Look")},
		}, {
			"longer caption of an image follows", attachment(image, "https://x.test/a", "a.jpg", strings.Repeat("c", 257)),
			[]*messagev1.Content{attachment(image, "https://x.test/a", "a.jpg", ""), text(strings.Repeat("c", 257))},
		}, {
			"caption of a video follows", attachment(video, "https://x.test/a", "a.mp4", "Look"),
			[]*messagev1.Content{attachment(video, "https://x.test/a", "a.mp4", ""), text("Look")},
		}, {
			"no name stays no name", attachment(file, "https://x.test/a", "", ""),
			[]*messagev1.Content{attachment(file, "https://x.test/a", "", "")},
		}, {
			"name gets an extension by media type", typed(attachment(file, "https://x.test/a.bin", "bill", ""), "application/pdf; v=1"),
			[]*messagev1.Content{typed(attachment(file, "https://x.test/a.bin", "bill.pdf", ""), "application/pdf; v=1")},
		}, {
			"name gets an extension by address", typed(attachment(file, "https://x.test/a.cdr?x=1.y", "draft.", ""), ""),
			[]*messagev1.Content{typed(attachment(file, "https://x.test/a.cdr?x=1.y", "draft.cdr", ""), "")},
		}, {
			"hidden file gets an extension", typed(attachment(file, "https://x.test/a", ".profile", ""), ""),
			[]*messagev1.Content{typed(attachment(file, "https://x.test/a", ".profile.bin", ""), "")},
		}, {
			"name of dots", typed(attachment(file, "https://x.test/a", "...", ""), ""),
			[]*messagev1.Content{typed(attachment(file, "https://x.test/a", "file.bin", ""), "")},
		}, {
			"longer name is shortened and follows", attachment(file, "https://x.test/a", long+".pdf", "Bill"),
			[]*messagev1.Content{attachment(file, "https://x.test/a", long[:252]+".pdf", ""), text("Bill"), text(long + ".pdf")},
		}, {
			"longest address of a file stays", attachment(file, url2000, "", ""),
			[]*messagev1.Content{attachment(file, url2000, "", "")},
		}, {
			"longer address of a file goes as a link", attachment(file, url2000+"p", "a.pdf", "Bill"),
			[]*messagev1.Content{text("Bill\na.pdf\n" + url2000 + "p")},
		}, {
			"place stays", location(1, 2, strings.Repeat("a", 256)), []*messagev1.Content{location(1, 2, strings.Repeat("a", 256))},
		}, {
			"longer address of a place follows", location(1, 2, strings.Repeat("a", 257)),
			[]*messagev1.Content{location(1, 2, ""), text(strings.Repeat("a", 257))},
		}, {
			"question stays", quickReply("Well?", "Yes", "No"), []*messagev1.Content{quickReply("Well?", "Yes", "No")},
		}, {
			"longer question is words", quickReply(strings.Repeat("t", 257), "Yes"),
			[]*messagev1.Content{text(strings.Repeat("t", 257) + "\n\n1. Yes")},
		}, {
			"longer answer is words", quickReply("Well?", strings.Repeat("r", 257)),
			[]*messagev1.Content{text("Well?\n\n1. " + strings.Repeat("r", 257))},
		}, {
			"no question is words", quickReply("", "Yes"), []*messagev1.Content{text("1. Yes")},
		}, {
			"empty answer is words", quickReply("Well?", "", "No"), []*messagev1.Content{text("Well?\n\n1. \n2. No")},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := proto.CloneOf(tc.in)
			if diff := cmp.Diff(tc.want, fit.ForPlatform(tc.in), protocmp.Transform()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !proto.Equal(before, tc.in) {
				t.Error("the argument was changed")
			}
		})
	}
}

func TestATextThatNobodySeesIsSaidToBeEmpty(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", " \u200b\n", "\u3164"} {
		parts := fit.ForPlatform(&messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}})
		if len(parts) != 1 || parts[0].GetText().GetBody() != "[empty message]" {
			t.Errorf("%q became %v", body, parts)
		}
	}
}
