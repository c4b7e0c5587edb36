package runtime_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A network's server may answer with a page where a picture was asked for. It is not stored as one.
func ExampleExamine() {
	attachment := &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, FileName: "foto.png"}
	for _, body := range []string{"\x89PNG\r\n\x1a\n…", "<!DOCTYPE html><title>Please log in</title>"} {
		_, err := runtime.Examine(attachment, &provider.File{Body: io.NopCloser(strings.NewReader(body))})
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// the network answered with a web page in place of the file
}
