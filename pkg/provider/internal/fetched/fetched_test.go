package fetched

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A network's server may answer with a page where a picture was asked for. It is not stored as one.
func ExampleExamine() {
	attachment := &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, FileName: "foto.png"}
	for _, body := range []string{"\x89PNG\r\n\x1a\n…", "<!DOCTYPE html><title>Please log in</title>"} {
		file, err := Examine(attachment, &provider.File{Body: io.NopCloser(strings.NewReader(body))}, 100)
		fmt.Printf("%q %v\n", file.MediaType, err)
	}
	// Output:
	// "image/png" <nil>
	// "" the network answered with a web page in place of the file
}

func TestAFileIsBounded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		size, bound int
		want        error
	}{
		"shorter": {9, 10, nil}, "exactly": {10, 10, nil}, "longer": {11, 10, ErrTooLarge}, "much longer": {1 << 20, 10, ErrTooLarge},
	} {
		file, err := Examine(nil, &provider.File{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", test.size)))}, int64(test.bound))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n, err := io.Copy(io.Discard, file.Body)
		if !errors.Is(err, test.want) || err == nil && n != int64(test.size) || n > int64(test.bound) {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
}
