package files

import (
	"mime"
	"regexp"

	"github.com/bonychat/puente/pkg/mediatype"
)

// inline are the types that a browser may show in place: pictures, sound and films, which run nothing, and PDF, which
// it shows in a reader of its own. SVG is none of them: it holds scripts.
var inline = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/avif": true, "image/heic": true, "image/heif": true,
	"image/bmp": true, "image/tiff": true,
	"audio/mpeg": true, "audio/mp4": true, "audio/aac": true, "audio/ogg": true, "audio/wav": true, "audio/webm": true, "audio/flac": true,
	"audio/amr": true, "audio/3gpp": true,
	"video/mp4": true, "video/webm": true, "video/ogg": true, "video/quicktime": true, "video/3gpp": true, "video/mpeg": true,
	"application/pdf": true,
}

// binary is what a file is served as that a browser may not show.
const binary = "application/octet-stream"

// codecs is what the parameter of this name may hold.
var codecs = regexp.MustCompile(`^[A-Za-z0-9., -]{1,64}$`)

// servedAs is the type that a file of this stored type is served with, and whether it may be shown in place. Whatever
// is not on the list, or not written as one media type, is a file to be downloaded.
func servedAs(stored string) (mediaType string, shown bool) {
	base, parameters, err := mime.ParseMediaType(stored)
	if base = mediatype.Base(base); err != nil || !inline[base] {
		return binary, false
	}
	if value := parameters["codecs"]; codecs.MatchString(value) {
		return mime.FormatMediaType(base, map[string]string{"codecs": value}), true
	}
	return base, true
}
