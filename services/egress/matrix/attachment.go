package matrix

import (
	"context"
	"mime"
	"net/url"
	"path"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// attachment uploads a file and is the content of the event that shows it. A file that is uploaded again by another try
// is another one, which nobody sees.
func (s *sender) attachment(ctx context.Context, a *messagev1.Attachment) (params, error) {
	src, err := s.download(ctx, a)
	if err != nil {
		return nil, err
	}
	defer src.close()
	name := fileName(a, src.mediaType)
	uri, err := s.upload(ctx, name, src)
	if err != nil {
		return nil, err
	}
	body := a.GetCaption()
	if body == "" {
		body = name
	}
	info := params{"mimetype": src.mediaType, "size": src.length()}
	// https://spec.matrix.org/latest/client-server-api/#media-captions
	return params{"msgtype": msgtypes[a.GetKind()], "body": body, "filename": name, "url": uri, "info": info}, nil
}

var msgtypes = map[messagev1.AttachmentKind]string{image: "m.image", video: "m.video", audio: "m.audio", other: "m.file"}

// fileName is what a file is called where it is shown, and saved.
func fileName(a *messagev1.Attachment, mediaType string) string {
	if a.GetFileName() != "" {
		return a.GetFileName()
	}
	if u, err := url.Parse(a.GetUrl()); err == nil {
		if base := path.Base(u.Path); path.Ext(base) != "" {
			return base
		}
	}
	kind, _, _ := mime.ParseMediaType(mediaType)
	return msgtypes[a.GetKind()][len("m."):] + extensions[kind]
}

var extensions = map[string]string{
	"application/pdf": ".pdf", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/ogg": ".ogg", "image/gif": ".gif",
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/mp4": ".mp4",
}
