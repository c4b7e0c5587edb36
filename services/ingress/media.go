package ingress

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
)

// media serves a stored attachment, ranges included. The file came from a stranger: a browser must not run it.
func (in *Ingress) media(w http.ResponseWriter, r *http.Request) {
	f, err := in.Bus.StatFile(r.Context(), r.PathValue("id"))
	if errors.Is(err, bus.ErrNotFound) {
		refuse(w, http.StatusNotFound, "no such file, or it is older than 30 days")
		return
	}
	if err != nil {
		in.Log.Error("file not found out", "err", err)
		refuse(w, http.StatusServiceUnavailable, "the file cannot be read now")
		return
	}
	body := in.Bus.OpenFile(r.Context(), f)
	defer body.Close()
	disposition := "attachment"
	if shown(f.MediaType) {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", orDefault(f.MediaType, "application/octet-stream"))
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": orDefault(f.Name, f.ID)}))
	h.Set("ETag", `"`+strings.TrimPrefix(f.Digest, "SHA-256=")+`"`)
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", f.Stored, body)
}

// shown says that a browser may show the type in place.
func shown(mediaType string) bool {
	kind, sub, _ := strings.Cut(mediaType, "/")
	return (kind == "image" && !strings.HasPrefix(sub, "svg")) || kind == "video" || kind == "audio" || mediaType == "application/pdf"
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
