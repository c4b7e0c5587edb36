// Package files serves stored attachments to whoever has their address. A file came from a stranger, so that a browser must not run it,
// and whoever reads may be one too, so that places are bounded, in all and for each caller.
package files

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/services/ingress/answer"
)

// Handler serves the files of a store by their ids, the value "id" of a request's path. Its fields are set before its first call.
type Handler struct {
	Store *media.Store
	Log   *slog.Logger
	// Origin says whom the bounds of a caller count for.
	Origin func(*http.Request) netip.Prefix

	readers readers
}

// ServeHTTP serves a file, or one range of it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	leave, ok := h.readers.enter(r.Context(), h.Origin(r))
	if !ok {
		w.Header().Set("Retry-After", "5")
		answer.Refuse(w, http.StatusServiceUnavailable, "too many files are being read; try again later")
		return
	}
	defer leave()
	f, err := h.Store.Stat(r.Context(), r.PathValue("id"))
	if errors.Is(err, bus.ErrNotFound) {
		answer.Refuse(w, http.StatusNotFound, "no such file, or it is older than 30 days")
		return
	}
	if err != nil {
		answer.Failed(h.Log, r, "file not found out", err)
		w.Header().Set("Retry-After", "5")
		answer.Refuse(w, http.StatusServiceUnavailable, "the file cannot be read now")
		return
	}
	mediaType, shown := servedAs(f.MediaType)
	disposition := "attachment"
	if shown {
		disposition = "inline"
	}
	head := w.Header()
	head.Set("Content-Type", mediaType)
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": orDefault(f.Name, f.ID)}))
	head.Set("ETag", `"`+strings.TrimPrefix(f.Digest, "SHA-256=")+`"`)
	head.Set("Cache-Control", "private, max-age=86400, immutable")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range") // several at once: a server may answer with the whole, RFC 9110, section 14.2
	}
	body := &watched{ReadSeeker: h.Store.Open(r.Context(), f)}
	http.ServeContent(w, r, "", f.Stored, body)
	if body.err != nil {
		answer.Failed(h.Log, r, "file not read to its end", body.err) // the caller sees that it is too short
	}
}

// watched remembers why a file could not be read.
type watched struct {
	io.ReadSeeker
	err error
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.ReadSeeker.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
