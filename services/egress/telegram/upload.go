package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"path"
	"strconv"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// https://core.telegram.org/bots/api#sending-files
const (
	maxUpload = 50 << 20
	maxPhoto  = 10 << 20
)

// transferTimeout bounds a download and an upload of up to maxUpload, which run at the same time.
const transferTimeout = 2 * time.Minute

// upload streams the file from where it is to Telegram; it is never held in memory.
func (s *sender) upload(ctx context.Context, chat int64, w way, a *messagev1.Attachment) (string, error) {
	src, err := s.download(ctx, a)
	if err != nil {
		return "", err
	}
	defer src.close()
	if w == photoWay && src.size > maxPhoto {
		w = documentWay
	}

	pr, pw := io.Pipe()
	form := multipart.NewWriter(pw)
	done := make(chan struct{})
	go func() {
		defer close(done)
		pw.CloseWithError(write(form, chat, w, a, src))
	}()
	result, err := s.do(ctx, w.method, chat, provider.Request{
		Body: pr, ContentType: form.FormDataContentType(), Timeout: transferTimeout,
	})
	// whatever became of the request, the writer ends: its pipe and its source are closed
	pr.Close()
	src.close()
	<-done
	if err != nil && src.failed != nil {
		return "", src.failed // the request broke off with its source, so nothing was taken
	}
	if err != nil {
		return "", err
	}
	return ref(chat, result), nil
}

func write(form *multipart.Writer, chat int64, w way, a *messagev1.Attachment, src *source) error {
	if err := form.WriteField("chat_id", strconv.FormatInt(chat, 10)); err != nil {
		return err
	}
	if a.GetCaption() != "" {
		if err := form.WriteField("caption", a.GetCaption()); err != nil {
			return err
		}
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, w.param, quote.Replace(uploadName(w, a, src.mediaType)))},
		"Content-Type":        {src.mediaType},
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, src); err != nil {
		return err
	}
	return form.Close()
}

var quote = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "_", "\n", "_")

// uploadName has an extension, by which Telegram tells what a file is.
func uploadName(w way, a *messagev1.Attachment, mediaType string) string {
	name := nameOf(a)
	if path.Ext(name) != "" {
		return name
	}
	if name == "" {
		name = w.param
	}
	extension := map[string]string{
		"application/pdf": ".pdf", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/ogg": ".ogg", "image/gif": ".gif",
		"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/mp4": ".mp4",
	}
	return name + extension[mediaType]
}

// source is a file on its way from outside.
type source struct {
	stream    *provider.Stream
	mediaType string
	size      int64 // -1 where unknown
	read      int64
	failed    error // why reading broke off; read it after the reader has ended
}

// Read bounds the file and keeps the reason why it broke off.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.stream.Body.Read(p)
	s.read += int64(n)
	switch {
	case s.read > maxUpload:
		s.failed = provider.Reject(tooLarge, errors.New("file over 50 MB"))
	case err != nil && err != io.EOF:
		s.failed = provider.TemporaryFor(fetchFor, cannotFetch, errors.New("the file broke off"))
	}
	if s.failed != nil {
		return 0, s.failed
	}
	return n, err
}

func (s *source) close() { _ = s.stream.Body.Close() }

const cannotFetch = "the file cannot be fetched from its address"

// fetchFor is how long a file that cannot be fetched is tried: its address belongs to the platform, not to Telegram.
const fetchFor = 15 * time.Minute

// download opens a file that the platform named. Nothing was sent to Telegram yet, so no failure is uncertain.
func (s *sender) download(ctx context.Context, a *messagev1.Attachment) (*source, error) {
	stream, err := s.client.Open(ctx, provider.Request{URL: a.GetUrl(), Guarded: true, Timeout: transferTimeout})
	if err != nil {
		if f := provider.Classify(err); f.Class == provider.Rejected {
			return nil, err
		}
		return nil, provider.TemporaryFor(fetchFor, cannotFetch, err)
	}
	size := int64(-1)
	if n, err := strconv.ParseInt(stream.Header.Get("Content-Length"), 10, 64); err == nil {
		size = n
	}
	src := &source{stream: stream, mediaType: a.GetMediaType(), size: size}
	if src.mediaType == "" {
		src.mediaType = stream.Header.Get("Content-Type")
	}
	if src.mediaType == "" {
		src.mediaType = "application/octet-stream"
	}
	cause := fmt.Errorf("status %d", stream.Status)
	switch {
	case stream.Status >= 200 && stream.Status < 300 && size <= maxUpload:
		return src, nil
	case stream.Status >= 200 && stream.Status < 300:
		err = provider.Reject(tooLarge, errors.New("file over 50 MB"))
	case stream.Status >= 500 || stream.Status == 408 || stream.Status == 425 || stream.Status == 429:
		err = provider.TemporaryFor(fetchFor, cannotFetch, cause)
	default:
		err = provider.Reject(fmt.Sprintf("%s (%d)", cannotFetch, stream.Status), cause)
	}
	src.close()
	return nil, err
}
