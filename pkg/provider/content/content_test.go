package content_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider/content"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestANoteIsOneShortLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, what, detail, want string }{
		{"alone", "forwarded", "", "[forwarded]"},
		{"blank", "forwarded", " \n\t", "[forwarded]"},
		{"with a name", "forwarded from", "Ana", "[forwarded from: Ana]"},
		{"lines become one", "in reply to", "uno\r\ndos\u2028tres", "[in reply to: uno dos tres]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := content.Note(test.what, test.detail); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	family := "👨‍👩‍👧"
	got := content.Note("in reply to", strings.Repeat(family, 60))
	if n := customchannel.UTF16Len(got); n > 220 || !strings.HasSuffix(got, family+"…]") {
		t.Errorf("a long quote takes %d units and ends with %q", n, got[len(got)-30:])
	}
}

func TestNotesStandBeforeTheWords(t *testing.T) {
	t.Parallel()
	file := func(caption string) *messagev1.Content {
		return content.Attachment(&messagev1.Attachment{Handle: "h", Caption: caption})
	}
	for _, test := range []struct {
		name          string
		content, want *messagev1.Content
	}{
		{"text", content.Text("hola"), content.Text("[a]\n[b]\nhola")},
		{"caption", file("hola"), file("[a]\n[b]\nhola")},
		{"file without a caption", file(""), file("[a]\n[b]")},
		{"place", content.Location(1, 2, "Calle Mayor"), content.Location(1, 2, "[a]\n[b]\nCalle Mayor")},
		{"nothing", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, content.WithNotes(test.content, "[a]", "", "[b]"), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
	if c := content.Text("hola"); content.WithNotes(c, "") != c {
		t.Error("content without a note is copied")
	}
}

func TestWhatIsEmptyIsNotJoined(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		parts []string
		want  string
	}{{nil, ""}, {[]string{"", ""}, ""}, {[]string{"a"}, "a"}, {[]string{"", "a", "", "b", ""}, "a, b"}} {
		if got := content.JoinNonEmpty(", ", test.parts...); got != test.want {
			t.Errorf("%q: got %q, want %q", test.parts, got, test.want)
		}
	}
}
