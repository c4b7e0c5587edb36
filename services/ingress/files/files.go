package ingress

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
)

// media serves a stored attachment, or one range of it. The file came from a stranger: a browser must not run it.
func (in *Ingress) media(w http.ResponseWriter, r *http.Request) {
	leave, ok := in.readers.enter(r.Context(), in.origin(r))
	if !ok {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "too many files are being read; try again later")
		return
	}
	defer leave()
	f, err := in.Files.Stat(r.Context(), r.PathValue("id"))
	if errors.Is(err, bus.ErrNotFound) {
		refuse(w, http.StatusNotFound, "no such file, or it is older than 30 days")
		return
	}
	if err != nil {
		in.failed(r, "file not found out", err)
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "the file cannot be read now")
		return
	}
	mediaType, shown := servedAs(f.MediaType)
	disposition := "attachment"
	if shown {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": orDefault(f.Name, f.ID)}))
	h.Set("ETag", `"`+strings.TrimPrefix(f.Digest, "SHA-256=")+`"`)
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range") // several at once: a server may answer with the whole, RFC 9110, section 14.2
	}
	body := &watched{ReadSeeker: in.Files.Open(r.Context(), f)}
	http.ServeContent(w, r, "", f.Stored, body)
	if body.err != nil {
		in.failed(r, "file not read to its end", body.err) // the caller sees that it is too short
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
