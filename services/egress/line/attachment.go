package line

import (
	"context"
	"slices"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/weburl"
)

// What LINE's apps fetch, each from an https address of at most 2,000 characters.
// https://developers.line.biz/en/reference/messaging-api/#image-message and the sections after it
const (
	longestURL   = 2000
	maxImage     = 10 << 20
	maxPreview   = 1 << 20
	maxRecording = 200 << 20 // video and audio
)

// formats are the media types that go as what they are: image/jpeg and image/png, video/mp4, audio/mpeg and audio/mp4.
var formats = map[messagev1.AttachmentKind][]string{
	image: {"image/jpeg", "image/png"}, video: {"video/mp4"}, audio: {"audio/mpeg", "audio/mp4"},
}

// attachment is a file as a message object, or as a link where LINE's apps would not show it: LINE itself takes any
// address, and a contact would see nothing.
func (s *sender) attachment(ctx context.Context, a *messagev1.Attachment) (object, error) {
	if a.GetUrl() == "" {
		return nil, errNoAddress
	}
	address := secure(a.GetUrl())
	if address == "" || formats[a.GetKind()] == nil {
		return link(a), nil
	}
	f := &remote{client: s.client, url: a.GetUrl()}
	head, err := f.read(ctx, 0, headSize)
	if err != nil {
		if outcome.Classify(err).Class == result.Rejected {
			return nil, err
		}
		head = nil // it cannot be looked at from here, now: what is said of it has to do
	}
	media := mediaType(a, f.mediaType, head)
	if !plays(a.GetKind(), media) || mediatype.IsPage(download.MediaTypeOf(a), f.mediaType, head) {
		return link(a), nil
	}
	switch a.GetKind() {
	case image:
		return s.image(ctx, a, address, f)
	case video:
		return s.video(ctx, a, address, f)
	default:
		return s.audio(ctx, a, address, f, media, head)
	}
}

func plays(kind messagev1.AttachmentKind, media string) bool {
	return slices.Contains(formats[kind], media)
}

// image is a picture with itself as its preview, or a smaller one where it is larger than a preview may be.
func (s *sender) image(ctx context.Context, a *messagev1.Attachment, address string, f *remote) (object, error) {
	if f.size > maxImage {
		return link(a), nil
	}
	preview := address
	if f.seen && (f.size > maxPreview || f.size < 0) {
		made, ok, err := s.smaller(ctx, f)
		if err != nil {
			return nil, err
		}
		if !ok {
			return link(a), nil
		}
		preview = made
	}
	return object{"type": "image", "originalContentUrl": address, "previewImageUrl": preview}, nil
}

// video is a film under a picture that only says that it is one: LINE asks for a preview, and nothing else knows any.
func (s *sender) video(ctx context.Context, a *messagev1.Attachment, address string, f *remote) (object, error) {
	preview, ok, err := s.publish(ctx, "video.jpg", placeholder(true))
	if err != nil {
		return nil, err
	}
	if f.size > maxRecording || !ok {
		return link(a), nil
	}
	return object{"type": "video", "originalContentUrl": address, "previewImageUrl": preview}, nil
}

// audio is a recording with its length, which only the file tells.
func (s *sender) audio(ctx context.Context, a *messagev1.Attachment, address string, f *remote, media string, head []byte) (object, error) {
	if f.size > maxRecording || !f.seen {
		return link(a), nil
	}
	read := func(offset int64) ([]byte, error) {
		if offset == 0 {
			return head, nil
		}
		return f.read(ctx, offset, headSize)
	}
	length, ok := mp3Length(read, f.size)
	if media == "audio/mp4" {
		length, ok = mp4Length(read)
	}
	if !ok {
		return link(a), nil
	}
	return object{"type": "audio", "originalContentUrl": address, "duration": length.Milliseconds()}, nil
}

// secure is an address as LINE's apps fetch it, escaped; "" where they do not.
func secure(address string) string {
	normal, err := weburl.Normal(address)
	if err != nil || !strings.HasPrefix(normal, "https://") || len(normal) > longestURL {
		return ""
	}
	return normal
}

// mediaType is what a file is: what its first bytes show, else what is said of it.
func mediaType(a *messagev1.Attachment, served string, head []byte) string {
	kind := map[messagev1.AttachmentKind]string{audio: "audio"}[a.GetKind()]
	if seen := mediatype.Sniff(head, kind); slices.Contains([]string{"image", "video", "audio"}, mediatype.Family(seen)) {
		return seen
	}
	return mediatype.Base(mediatype.Of([]string{a.GetMediaType(), served}, download.NameOf(a), nil, kind))
}
