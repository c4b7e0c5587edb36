package runtime

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/internal/attachment"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/fetchlimit"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	// fetchTimeout bounds one try: a file of [MaxFile] bytes comes through at 14 Mbit/s.
	fetchTimeout = time.Minute
	// MaxFile is the largest attachment that is stored, in bytes. A message with a larger one arrives with a note in its place.
	MaxFile = 100 << 20
)

// fetch replaces the network's handle of an attachment by a link of our own, or the attachment by words that say it
// could not be had: a message is never held back for its file for longer than [fetchlimit.Tries] allow. An error means: try again then. It
// is called by the lane of the contact, one at a time for a message, and changes m only where it returns nil.
func (s *runner) fetch(ctx context.Context, c *channel, m *messagev1.Message, t *fetchlimit.Tries) error {
	a := m.GetContent().GetAttachment()
	fetcher, ok := c.sender.(provider.Fetcher)
	if !ok {
		m.Content = content.Text(unavailable(a, reason.NoFetcher))
		return nil
	}
	t.Begin(time.Now()) // before the try, so that the time that it takes counts
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	err := s.shielded("fetch", func() error { return s.store(ctx, fetcher, a, MaxFile) })
	if err == nil {
		return nil
	}
	f := outcome.Classify(err)
	log := s.env.Log.With("network", c.Network, "channel", c.ID, "id", m.GetId(), "try", t.N())
	// the contact's next words wait behind this: see fetchlimit.Tries for how long
	if pause, ok := t.Again(f, time.Now()); ok {
		log.Info("attachment not fetched yet", "err", err)
		return consume.RetryAfter(pause)
	}
	log.Warn("attachment not fetched: the message goes on without it", "err", err)
	m.Content = content.Text(unavailable(a, f.Reason))
	return nil
}

// errTooLarge ends a file that is over [MaxFile].
var errTooLarge = errors.New("the file is over 100 MB")

// What a server may answer with status 200 though it is no file. Both may pass.
var (
	errEmptyFile = outcome.TemporaryFor(fetchlimit.GoneFor, reason.EmptyFile, nil)
	errPage      = outcome.TemporaryFor(fetchlimit.GoneFor, reason.PageForFile, nil)
)

// store fetches an attachment once, stores it, and puts its address, name, type and size in the place of its handle. On an
// error the attachment is as it was, and nothing is stored. The file goes through memory a piece at a time: its first bytes, by which
// its type is found, and 128 kB on their way to the broker. most is in bytes.
func (s *runner) store(ctx context.Context, fetcher provider.Fetcher, a *messagev1.Attachment, most int64) error {
	file, err := fetcher.Fetch(ctx, a)
	if err != nil {
		return err
	}
	defer file.Body.Close()
	body, mediaType, name, err := typed(a, file, most)
	if err != nil {
		return err
	}
	// under a new id at each try: what an earlier one has stored is nobody's, and was taken out
	stored, err := media.New(s.env.Bus).Put(ctx, s.description.Name, name, mediaType, body)
	// final: the file does not get smaller
	if errors.Is(err, errTooLarge) {
		return outcome.Reject(reason.FileTooLarge, nil)
	}
	if err != nil {
		return err
	}
	// only now, when the file is whole: a message that is tried again still has its handle
	a.MediaType, a.FileName = mediaType, name
	a.Url, a.Handle, a.Size = s.env.PublicURL+"/media/"+stored.ID, "", stored.Size
	return nil
}

// Examine is a fetched file as it would be stored, or why it is none, as an error of package outcome: for kits and tools. It reads
// the first bytes; whoever reads the rest is told there of a file over [MaxFile]. It does not close the file.
func Examine(a *messagev1.Attachment, file *provider.File) (io.Reader, error) {
	body, _, _, err := typed(a, file, MaxFile)
	if err != nil {
		return nil, err
	}
	return body, nil
}

// typed looks at a file's first bytes: what it is, what it is called, and whether it is a file at all.
func typed(a *messagev1.Attachment, file *provider.File, most int64) (body *bufio.Reader, mediaType, name string, err error) {
	body = bufio.NewReaderSize(&bounded{file.Body, most}, mediatype.HeadSize)
	// the head only is kept in memory; the body is streamed into the store
	head, err := body.Peek(mediatype.HeadSize) // an error comes again where it is read
	if len(head) == 0 && err == io.EOF {
		return nil, "", "", errEmptyFile
	}
	// a page that says "not found" or "log in" is no picture, whatever its status was
	told, kind := cmp.Or(a.GetFileName(), file.Name), attachment.Kind(a.GetKind())
	if mediatype.IsPage(mediatype.Of([]string{a.GetMediaType()}, told, nil, kind), cmp.Or(file.ContentType, file.MediaType), head) {
		return nil, "", "", errPage
	}
	mediaType = mediatype.Of([]string{a.GetMediaType(), file.MediaType}, told, head, kind)
	return body, mediaType, mediatype.FileName(told, mediaType, kind), nil
}

// unavailable says in words what could not be had, for the agent. What the contact wrote beside the file is kept.
func unavailable(a *messagev1.Attachment, why reason.Reason) string {
	kind := attachment.Kind(a.GetKind())
	text := fmt.Sprintf("[%s could not be fetched", kind)
	if a.GetFileName() != "" {
		text = fmt.Sprintf("[%s %q could not be fetched", kind, a.GetFileName())
	}
	if !why.IsZero() {
		text += ": " + why.String()
	}
	text += "]"
	if a.GetCaption() != "" {
		text += "\n" + a.GetCaption()
	}
	return text
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
		return 0, errTooLarge
	}
	return n, err
}
