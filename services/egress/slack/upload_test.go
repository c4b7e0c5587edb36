package slack_test

import (
	"fmt"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// A file of up to 100 MB is uploaded, of up to 10 MB where its size is not told, a larger one goes as a link, and one that breaks off
// is tried again.
func TestUpload(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		name, path string
		class      result.Class
		size       int // of the file that was taken; -1 for a link, -2 for nothing
	}{
		{"one of some size", fmt.Sprintf("/%d", 3*mb), 0, 3 * mb},
		{"too large", fmt.Sprintf("/%d", 100*mb+1), 0, -1},
		{"of unknown length", fmt.Sprintf("/chunked/%d", 10*mb), 0, 10 * mb},
		{"too large of unknown length", fmt.Sprintf("/chunked/%d", 10*mb+1), 0, -1},
		{"breaks off", fmt.Sprintf("/broken/%d", mb), result.Retry, -2},
		{"empty", "/0", result.Rejected, -2},
	} {
		t.Run(test.name, func(t *testing.T) {
			outside := standin.NewFiles()
			defer outside.Close()
			s, sender := atSlack(t, outside.URL)
			url := outside.URL + test.path
			_, err := sender.Send(t.Context(), &messagev1.Message{
				Id: "m1", Contact: &messagev1.Contact{Address: person},
				Content: content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: url, Caption: "El plano"}),
			})
			var class result.Class
			if f := outcome.Classify(err); f != nil {
				class = f.Class
			}
			size, words := -2, ""
			if all := s.Messages(person); len(all) == 1 {
				words, size = all[0].Text, -1
				if all[0].File != "" {
					size = all[0].Size
				}
			}
			want := map[int]string{-1: "El plano\n" + url, -2: ""}[test.size]
			if test.size >= 0 {
				want = "El plano"
			}
			if class != test.class || (err == nil) != (test.size > -2) || size != test.size || words != want {
				t.Errorf("%v: %d bytes with %q", err, size, words)
			}
		})
	}
}
