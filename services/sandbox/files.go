package sandbox

import (
	"bytes"
	"embed"
	"net/http"
	"time"
)

// files are small samples, so that attachments can be tried without the internet.
//
//go:embed files
var files embed.FS

// sample is one of the files, as the page offers it.
type sample struct {
	Name, Kind, MediaType string
}

var samples = []sample{
	{Name: "photo.png", Kind: "image", MediaType: "image/png"},
	{Name: "document.pdf", Kind: "file", MediaType: "application/pdf"},
	{Name: "voice.ogg", Kind: "audio", MediaType: "audio/ogg"},
	{Name: "clip.mp4", Kind: "video", MediaType: "video/mp4"},
}

// serveFile answers HEAD and ranges too, as the contract asks of a link. Whoever fetches one is not a page of ours.
func serveFile(w http.ResponseWriter, r *http.Request) {
	for _, f := range samples {
		if f.Name != r.PathValue("name") {
			continue
		}
		data, err := files.ReadFile("files/" + f.Name)
		if err != nil {
			break
		}
		w.Header().Set("Content-Type", f.MediaType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "max-age=3600")
		http.ServeContent(w, r, f.Name, time.Time{}, bytes.NewReader(data))
		return
	}
	refuse(w, http.StatusNotFound, "no such file")
}
