package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// maxUpload is what any bot may upload: https://docs.discord.com/developers/reference#uploading-files
const maxUpload = 10 << 20

// attach uploads a file. One that is too large goes as a link: it is refused before anything is sent, or as a whole.
func (s *sender) attach(ctx context.Context, channel string, out outgoing, a *messagev1.Attachment) (provider.Sent, error) {
	if !Network.Carries.Attachment(a.GetKind()) {
		return provider.Sent{}, outcome.Reject(unknownContent, fmt.Errorf("unknown attachment %v", a.GetKind()))
	}
	if a.GetUrl() == "" {
		return provider.Sent{}, outcome.Reject(noFileAddress, errors.New("attachment without url"))
	}
	out.Content = a.GetCaption()
	sent, err := s.upload(ctx, channel, out, a)
	if !isTooLarge(err) {
		return sent, err
	}
	link := content.JoinNonEmpty("\n", a.GetCaption(), a.GetUrl())
	if customchannel.CutUTF16(link, Network.Carries.Text.Max) != link {
		return provider.Sent{}, err
	}
	out.Content = link
	return s.create(ctx, channel, call{body: out})
}

// upload streams the file from where it is to Discord; it is never held in memory.
func (s *sender) upload(ctx context.Context, channel string, out outgoing, a *messagev1.Attachment) (provider.Sent, error) {
	file, err := download.Open(ctx, s.client, a, maxUpload, tooLarge, transferTimeout)
	if err != nil {
		return provider.Sent{}, err
	}
	defer file.Close()
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if err := begin(form, out, file); err != nil {
		return provider.Sent{}, fmt.Errorf("encode the form: %w", err)
	}
	tail := "\r\n--" + form.Boundary() + "--\r\n"
	c := call{contentType: form.FormDataContentType(), timeout: transferTimeout}
	if file.Size >= 0 {
		c.length = int64(head.Len()) + file.Size + int64(len(tail))
	}
	c.content = io.MultiReader(&head, file, bytes.NewReader([]byte(tail)))
	sent, err := s.create(ctx, channel, c)
	if failed := file.Failed(); err != nil && failed != nil {
		return provider.Sent{}, failed // the request broke off with the file, so nothing was taken
	}
	return sent, err
}

// begin writes the form up to where the file's bytes follow.
func begin(form *multipart.Writer, out outgoing, file *download.File) error {
	payload, err := json.Marshal(out)
	if err != nil {
		return err
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {"application/json"},
	})
	if err != nil {
		return err
	}
	if _, err := part.Write(payload); err != nil {
		return err
	}
	_, err = form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("files[0]", file.Name)}, "Content-Type": {file.MediaType},
	})
	return err
}
