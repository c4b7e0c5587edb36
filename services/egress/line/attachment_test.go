package line_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/line/linetest"
)

// noise is a picture that cannot be packed well.
func noise(w, h int) image.Image {
	r := rand.New(rand.NewPCG(1, 2))
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.SetRGBA(x, y, color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
		}
	}
	return p
}

func jpegOf(t *testing.T, w, h int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, noise(w, h), &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What a file is, and what LINE's apps want to know of it, is seen in the file.
func TestAttachmentsAreLookedAt(t *testing.T) {
	var pngData bytes.Buffer
	if err := png.Encode(&pngData, noise(20, 20)); err != nil {
		t.Fatal(err)
	}
	large := jpegOf(t, 1000, 700)
	if len(large) < 1<<20 || len(large) > 10<<20 {
		t.Fatalf("%d bytes", len(large))
	}
	m4a := append([]byte("\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00"), "\x00\x00\x00\x24moov\x00\x00\x00\x1cmvhd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\xe8\x00\x00\x30\x39"...)
	mp3 := append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 159996)...)
	kept := map[string][]byte{
		"/a.jpg": jpegOf(t, 40, 40), "/b": pngData.Bytes(), "/large.jpg": large, "/huge.jpg": append(jpegOf(t, 40, 40), make([]byte, 10<<20)...),
		"/a.gif": []byte("GIF89a........"), "/lying.jpg": []byte("RIFF....WEBPVP8 "), "/broken.jpg": append([]byte("\xff\xd8\xff\xe0"), make([]byte, 2<<20)...),
		"/a.mp4": []byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"), "/a.mov": []byte("\x00\x00\x00\x10ftypqt  \x00\x00\x00\x00"),
		"/a.m4a": m4a, "/a.mp3": mp3, "/a.ogg": []byte("OggS......"), "/a.wav": []byte("RIFF....WAVEfmt "), "/no-length.m4a": m4a[:20],
	}
	url := files(t, func(w http.ResponseWriter, r *http.Request) {
		data, ok := kept[r.URL.Path]
		if r.URL.Path == "/stream.jpg" { // of a size that nobody tells
			data = large
			w.Header().Set("Transfer-Encoding", "chunked")
			w.WriteHeader(200)
			_, _ = w.Write(data)
			return
		}
		if !ok {
			http.Error(w, "gone", http.StatusNotFound)
			return
		}
		http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(data))
	})
	user := linetest.User(1)
	for _, test := range []struct {
		path string
		kind messagev1.AttachmentKind
		want string // type, preview, length
	}{
		{"/a.jpg", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "image itself 0"},
		{"/b", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "image itself 0"},
		{"/large.jpg", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "image https://bridge.example.com/media/…/preview.jpg 0"},
		{"/stream.jpg", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "image https://bridge.example.com/media/…/preview.jpg 0"},
		{"/broken.jpg", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "image https://bridge.example.com/media/…/preview.jpg 0"},
		{"/huge.jpg", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "text"},
		{"/a.gif", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "text"},
		{"/lying.jpg", messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "text"},
		{"/a.mp4", messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO, "video https://bridge.example.com/media/…/video.jpg 0"},
		{"/a.mov", messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO, "text"},
		{"/a.m4a", messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, "audio  12345"},
		{"/a.mp3", messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, "audio  10000"},
		{"/a.ogg", messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, "text"},
		{"/a.wav", messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, "text"},
		{"/no-length.m4a", messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, "text"},
	} {
		t.Run(test.path, func(t *testing.T) {
			b := start(t, url)
			m := b.message(user, content.Attachment(&messagev1.Attachment{Kind: test.kind, Url: url + test.path, FileName: "f"}))
			b.wantSent(m)
			sent := b.api.Messages(user)
			if len(sent) != 1 {
				t.Fatalf("received %+v", sent)
			}
			got := sent[0]
			if got.Type == "text" {
				if test.want != "text" || got.Text != "f\n"+url+test.path {
					t.Errorf("%+v, want %s", got, test.want)
				}
				return
			}
			preview := got.Preview
			if preview == url+test.path {
				preview = "itself"
			} else if parts := strings.Split(preview, "/"); len(parts) == 6 {
				parts[4] = "…"
				preview = strings.Join(parts, "/")
			}
			if text := fmt.Sprint(got.Type, " ", preview, " ", got.Duration); text != test.want || got.URL != url+test.path {
				t.Errorf("%s of %s, want %s", text, got.URL, test.want)
			}
		})
	}
}

// A file that is gone would be a hole at the contact's; one that cannot be reached now may be there for LINE.
func TestAttachmentsThatCannotBeLookedAt(t *testing.T) {
	user := linetest.User(1)
	status := http.StatusNotFound
	url := files(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	b := start(t, url)
	photo := content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: url + "/a.jpg"})
	b.want(b.message(user, photo), result.Rejected)
	status = http.StatusServiceUnavailable
	b.wantSent(b.message(user, photo))
	if sent := b.api.Messages(user); len(sent) != 1 || sent[0].Type != "image" {
		t.Errorf("received %+v", sent)
	}
}

// failingFiles cannot store, or are at no https address.
type failingFiles struct{ url string }

func (f failingFiles) Publish(_ context.Context, _, _ string, _ []byte) (string, error) {
	if f.url == "" {
		return "", outcome.Temporary(reason.Untranslated("a file could not be stored"), errors.New("full"))
	}
	return f.url, nil
}

// Without an address that LINE's apps fetch from there is no preview, and a film goes as a link.
func TestFilmsWithoutAPreview(t *testing.T) {
	user := linetest.User(1)
	url := files(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"))
	})
	b := start(t, url)
	film := content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO, Url: url + "/a.mp4"})
	b.host.Files = failingFiles{"http://127.0.0.1:8080/media/x"}
	b.wantSent(b.message(user, film))
	if sent := b.api.Messages(user); len(sent) != 1 || sent[0].Text != url+"/a.mp4" {
		t.Errorf("received %+v", sent)
	}
	b.host.Files = failingFiles{}
	b.want(b.message(user, film), result.Retry)
}
