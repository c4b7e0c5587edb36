package provider

import (
	"mime"
	"net/http"

	"github.com/bonychat/puente/pkg/mediatype"
)

// dispositionName is the file name that an answer's Content-Disposition tells, "" for none.
func dispositionName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return mediatype.CleanName(params["filename"])
}
