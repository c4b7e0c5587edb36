package provider

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	// fetchFor is how long an attachment is tried; then the message goes on without it.
	fetchFor = 2 * time.Minute
	// fetchTimeout bounds one try.
	fetchTimeout = time.Minute
	// MaxFile is the largest attachment that is stored, in bytes.
	MaxFile = 100 << 20
)

// fetch replaces the network's handle of an attachment by a link of our own, or the attachment by words that say it
// could not be had. An error means: try again.
func (s *runner) fetch(ctx context.Context, c *channel, m *messagev1.Message, trying time.Duration) error {
	a := m.GetContent().GetAttachment()
	fetcher, ok := c.sender.(Fetcher)
	if !ok {
		m.Content = Text(unavailable(a, "the network's service cannot fetch files"))
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	err := s.shielded("fetch", func() error { return s.store(ctx, fetcher, a, MaxFile) })
	if err == nil {
		return nil
	}
	f := Classify(err)
	switch {
	case f.Class == Rejected, f.Class == Suspended, trying >= fetchFor:
	case f.Class == Waiting:
		return bus.Later(min(f.After, fetchFor-trying))
	default:
		return err
	}
	s.env.Log.Warn("attachment not fetched", "network", c.Network, "channel", c.ID, "id", m.GetId(), "err", err)
	m.Content = Text(unavailable(a, f.Reason))
	return nil
}

// errTooLarge ends a file that is over [MaxFile].
var errTooLarge = errors.New("the file is over 100 MB")

func (s *runner) store(ctx context.Context, fetcher Fetcher, a *messagev1.Attachment, most int64) error {
	file, err := fetcher.Fetch(ctx, a)
	if err != nil {
		return err
	}
	defer file.Body.Close()
	body := bufio.NewReaderSize(&bounded{file.Body, most}, 1024)
	media := firstOf(a.GetMediaType(), file.MediaType, sniff(body))
	name := fileName(a.GetKind(), media, firstOf(a.GetFileName(), file.Name))
	stored, err := s.env.Bus.PutFile(ctx, name, media, body)
	if errors.Is(err, errTooLarge) {
		return Reject(errTooLarge.Error(), nil)
	}
	if err != nil {
		return err
	}
	a.MediaType, a.FileName = media, name
	a.Url, a.Handle, a.Size = s.env.PublicURL+"/media/"+stored.ID, "", stored.Size
	return nil
}

// sniff guesses a type from the first bytes.
func sniff(r *bufio.Reader) string {
	head, _ := r.Peek(512)
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	return kind
}

// extensions of the types that networks send most; the system's list differs from machine to machine.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "video/mp4": ".mp4", "video/webm": ".webm",
	"audio/ogg": ".ogg", "application/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "application/pdf": ".pdf",
	"text/plain": ".txt", "application/zip": ".zip", "application/x-tgsticker": ".tgs", "audio/wave": ".wav",
}

// fileName is a name with an extension, of the file's own base name only.
func fileName(kind messagev1.AttachmentKind, media, name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == ".." || name == "/" {
		name = kindName(kind)
	}
	if path.Ext(name) != "" && path.Ext(name) != "." {
		return name
	}
	media, _, _ = strings.Cut(media, ";") // "audio/ogg; codecs=opus"
	media = strings.TrimSpace(media)
	if ext, ok := extensions[media]; ok {
		return name + ext
	}
	if all, _ := mime.ExtensionsByType(media); len(all) > 0 {
		return name + all[0]
	}
	return name + ".bin"
}

// kindName is the word for what a file is shown as.
func kindName(kind messagev1.AttachmentKind) string {
	return strings.ToLower(strings.TrimPrefix(kind.String(), "ATTACHMENT_KIND_"))
}

// unavailable says in words what could not be had.
func unavailable(a *messagev1.Attachment, reason string) string {
	kind := kindName(a.GetKind())
	text := fmt.Sprintf("[%s could not be fetched", kind)
	if a.GetFileName() != "" {
		text = fmt.Sprintf("[%s %q could not be fetched", kind, a.GetFileName())
	}
	if reason != "" {
		text += ": " + reason
	}
	text += "]"
	if a.GetCaption() != "" {
		text += "\n" + a.GetCaption()
	}
	return text
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// bounded fails where a file goes on beyond its bound.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
