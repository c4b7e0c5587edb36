package telegram

import (
	"context"
	"io"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// https://core.telegram.org/bots/api#sending-files
const (
	maxUpload = 50 << 20
	maxPhoto  = 10 << 20
)

// transferTimeout bounds a download and an upload of up to maxUpload, which run at the same time.
const transferTimeout = 2 * time.Minute

// upload streams the file from where it is to Telegram; it is never held in memory.
func (s *sender) upload(ctx context.Context, to target, w way, a *messagev1.Attachment) (string, error) {
	src, err := download.Open(ctx, s.client, a, maxUpload, tooLarge, transferTimeout)
	if err != nil {
		return "", err
	}
	defer src.Close()
	if w == photoWay && src.Size > maxPhoto {
		w = documentWay
	}

	pr, pw := io.Pipe()
	form := multipart.NewWriter(pw)
	done := make(chan struct{})
	go func() {
		defer close(done)
		pw.CloseWithError(write(form, to, w, a, src))
	}()
	result, err := s.do(ctx, w.method, to.chat, httpclient.Request{
		Body: pr, ContentType: form.FormDataContentType(), Timeout: transferTimeout,
	})
	// whatever became of the request, the writer ends: its pipe and its source are closed
	pr.Close()
	src.Close()
	<-done
	if failed := src.Failed(); err != nil && failed != nil {
		return "", failed // the request broke off with its source, so nothing was taken
	}
	if err != nil {
		return "", err
	}
	return ref(to.chat, result), nil
}

func write(form *multipart.Writer, to target, w way, a *messagev1.Attachment, src *download.File) error {
	if err := form.WriteField("chat_id", strconv.FormatInt(to.chat, 10)); err != nil {
		return err
	}
	if to.topic != 0 {
		if err := form.WriteField("message_thread_id", strconv.FormatInt(to.topic, 10)); err != nil {
			return err
		}
	}
	if a.GetCaption() != "" {
		if err := form.WriteField("caption", a.GetCaption()); err != nil {
			return err
		}
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(w.param, src.Name)},
		"Content-Type":        {src.MediaType},
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, src); err != nil {
		return err
	}
	return form.Close()
}
