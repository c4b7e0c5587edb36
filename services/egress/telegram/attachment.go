package telegram

import (
	"context"
	"errors"
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// way is a method that sends a file, with the parameter that takes it.
type way struct{ method, param string }

var (
	photoWay     = way{"sendPhoto", "photo"}
	videoWay     = way{"sendVideo", "video"}
	animationWay = way{"sendAnimation", "animation"}
	audioWay     = way{"sendAudio", "audio"}
	voiceWay     = way{"sendVoice", "voice"}
	documentWay  = way{"sendDocument", "document"}
)

// sendAttachment lets Telegram fetch the file, and uploads it where Telegram cannot; what does not pass as a picture
// or a voice message goes as a document. Every further request follows a definite refusal, so nothing is sent twice.
func (s *sender) sendAttachment(ctx context.Context, to target, a *messagev1.Attachment) (string, error) {
	w, err := wayOf(a)
	if err != nil {
		return "", err
	}
	upload := false
	for {
		var id string
		if upload {
			id, err = s.upload(ctx, to, w, a)
		} else {
			id, err = s.sendURL(ctx, to, w, a)
		}
		switch remedy := remedyOf(err); {
		case remedy == byUpload && !upload:
			upload = true
		case remedy == asDocument && w != documentWay:
			w = documentWay
		case remedy == asDocument && !upload: // a URL may be 20 MB, an upload 50: https://core.telegram.org/bots/api#sending-files
			upload = true
		default:
			return id, err
		}
	}
}

func (s *sender) sendURL(ctx context.Context, to target, w way, a *messagev1.Attachment) (string, error) {
	p := params{w.param: a.GetUrl()}
	if a.GetCaption() != "" {
		p["caption"] = a.GetCaption()
	}
	return s.send(ctx, w.method, to, p)
}

func wayOf(a *messagev1.Attachment) (way, error) {
	if a.GetUrl() == "" {
		return way{}, outcome.Reject(noFileAddress, errors.New("attachment without url"))
	}
	switch kind := a.GetKind(); kind {
	case image:
		if download.MediaTypeOf(a) == "image/gif" {
			return animationWay, nil // a photo would stand still
		}
		return photoWay, nil
	case video:
		return videoWay, nil
	case audio:
		if download.MediaTypeOf(a) == "audio/ogg" {
			return voiceWay, nil // https://core.telegram.org/bots/api#sendvoice
		}
		return audioWay, nil
	case other:
		return documentWay, nil
	default:
		return way{}, outcome.Reject(unknownAttachment, fmt.Errorf("unknown attachment %v", kind))
	}
}
