// Package fetched says what a file is that a network handed out: its type, its name, or why it is no file at all. It fetches and stores
// nothing: package runtime does, and the kit asks the same of the files of recorded conversations.
package fetched

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"time"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/attachment"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// GoneFor is how long a file is tried for where the network answers that there is none, or with something else: that may be true of a
// moment only.
const GoneFor = 10 * time.Second

// ErrTooLarge ends a file that goes on beyond its bound.
var ErrTooLarge = errors.New("the file is over 100 MB")

// What a server may answer with status 200 though it is no file. Both may pass.
var (
	errEmptyFile = outcome.TemporaryFor(GoneFor, reason.EmptyFile, nil)
	errPage      = outcome.TemporaryFor(GoneFor, reason.PageForFile, nil)
)

// File is a file as it would be stored.
type File struct {
	// Body is the whole file. Reading it fails with [ErrTooLarge] where there is more than the bound.
	Body io.Reader
	// MediaType is what the message, the network, the name or the first bytes say, in the names of [mediatype].
	MediaType string
	// Name has an ending that fits the type.
	Name string
}

// Examine reads a file's first bytes, of which at most [mediatype.HeadSize] are kept in memory, and says what it is. most bounds the
// file, in bytes. A file that is empty, or a web page in place of one, is an error of package outcome. It does not close the file.
func Examine(a *messagev1.Attachment, file *provider.File, most int64) (File, error) {
	body := bufio.NewReaderSize(&bounded{file.Body, most}, mediatype.HeadSize)
	head, err := body.Peek(mediatype.HeadSize) // an error comes again where it is read
	if len(head) == 0 && err == io.EOF {
		return File{}, errEmptyFile
	}
	// a page that says "not found" or "log in" is no picture, whatever its status was
	told, kind := cmp.Or(a.GetFileName(), file.Name), attachment.Kind(a.GetKind())
	if mediatype.IsPage(mediatype.Of([]string{a.GetMediaType()}, told, nil, kind), cmp.Or(file.ContentType, file.MediaType), head) {
		return File{}, errPage
	}
	mediaType := mediatype.Of([]string{a.GetMediaType(), file.MediaType}, told, head, kind)
	return File{Body: body, MediaType: mediaType, Name: mediatype.FileName(told, mediaType, kind)}, nil
}

// bounded fails where a file goes on beyond its bound, after so many bytes were read and not before: no header is believed.
type bounded struct {
	r    io.Reader
	left int64 // bytes that may still come; below 0 once there were more
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
