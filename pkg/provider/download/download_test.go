package download_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// fileServer answers by path, refuses HEAD, and knows no ranges.
func fileServer(t *testing.T) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, media := "\x89PNG\r\n\x1a\n and so on", "image/png"
		switch r.URL.Path {
		case "/page":
			body, media = "<!DOCTYPE html><html><title>Sign in</title>", "text/html"
		case "/disguised":
			body = "<html><body>404</body></html>"
		case "/redirect":
			http.Redirect(w, r, "/a.png", http.StatusFound)
			return
		case "/download":
			body, media = "%PDF-1.7\n", "application/octet-stream"
		case "/gone":
			w.WriteHeader(http.StatusGone)
			return
		case "/mi foto.png":
			w.Header().Set("X-Path", r.URL.EscapedPath())
		case "/disposition":
			w.Header().Set("Content-Disposition", `attachment; filename="acta.pdf"`)
			body, media = "%PDF-1.7\n", "application/pdf"
		}
		w.Header().Set("Content-Type", media)
		_, _ = io.WriteString(w, body)
	})
}

func TestAFileThatThePlatformNamed(t *testing.T) {
	t.Parallel()
	base := fileServer(t)
	c := httpclient.New(httpclient.Options{})
	t.Cleanup(c.Close)
	c.Reach(base)
	const image, file = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
	for name, test := range map[string]struct {
		a           *messagev1.Attachment
		media, file string
		class       result.Class
		fails       bool
	}{
		"a picture":                         {a: &messagev1.Attachment{Kind: image, Url: base + "/a.png"}, media: "image/png", file: "a.png"},
		"behind a redirect":                 {a: &messagev1.Attachment{Kind: image, Url: base + "/redirect"}, media: "image/png", file: "image.png"},
		"with a blank in its address":       {a: &messagev1.Attachment{Kind: image, Url: base + "/mi foto.png"}, media: "image/png", file: "mi foto.png"},
		"an address without an ending":      {a: &messagev1.Attachment{Kind: file, Url: base + "/download?id=7"}, media: "application/pdf", file: "file.pdf"},
		"a name that the server tells":      {a: &messagev1.Attachment{Kind: file, Url: base + "/disposition"}, media: "application/pdf", file: "acta.pdf"},
		"another name of the type":          {a: &messagev1.Attachment{Kind: image, Url: base + "/a", MediaType: "image/jpg"}, media: "image/jpeg", file: "image.jpg"},
		"a page":                            {a: &messagev1.Attachment{Kind: image, Url: base + "/page"}, class: result.Retry, fails: true},
		"a page that is served as the file": {a: &messagev1.Attachment{Kind: image, Url: base + "/disguised"}, class: result.Retry, fails: true},
		"a page that was meant":             {a: &messagev1.Attachment{Kind: file, Url: base + "/page", FileName: "acta.html"}, media: "text/html", file: "acta.html"},
		"no file":                           {a: &messagev1.Attachment{Kind: file, Url: base + "/gone"}, class: result.Rejected, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := download.Open(t.Context(), c, test.a, 1<<20, reason.Untranslated("too large"), time.Minute)
			seen, looked := download.Look(t.Context(), c, test.a)
			if test.fails {
				if err == nil || looked == nil || outcome.Classify(err).Class != test.class || outcome.Classify(looked).Class != test.class {
					t.Errorf("download: %v; look: %v", err, looked)
				}
				return
			}
			if err != nil || looked != nil {
				t.Fatalf("download: %v; look: %v", err, looked)
			}
			defer d.Close()
			data, err := io.ReadAll(d)
			if err != nil || len(data) == 0 || d.Length() != int64(len(data)) || d.Failed() != nil {
				t.Errorf("%d bytes, %v", len(data), err)
			}
			if d.MediaType != test.media || d.Name != test.file || seen.MediaType != test.media || seen.Size != int64(len(data)) {
				t.Errorf("downloaded as %s %q, seen as %+v", d.MediaType, d.Name, seen)
			}
		})
	}
}

func TestADownloadIsBounded(t *testing.T) {
	t.Parallel()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush() // the length is not told
		_, _ = w.Write(make([]byte, 11))
	})
	c := httpclient.New(httpclient.Options{})
	t.Cleanup(c.Close)
	c.Reach(base)
	d, err := download.Open(t.Context(), c, &messagev1.Attachment{Url: base}, 10, reason.Untranslated("too large"), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := io.ReadAll(d); outcome.Classify(err).Class != result.Rejected || outcome.Classify(err).Reason.String() != "too large" {
		t.Errorf("%v", err)
	}
}
