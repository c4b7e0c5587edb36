package line

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/jpeg"
	_ "image/png" // pictures are JPEG or PNG
	"io"
	"net/http"
	"strings"

	picture "image"

	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// previewSide is the longer side of a preview, in pixels.
	previewSide = 800
	// maxPixels bounds what is unpacked to be made smaller: 100 MB of memory for most pictures.
	maxPixels = 25 << 20
)

// publish makes a picture public, and says whether LINE's apps can fetch it: not where public_url is no https.
func (s *sender) publish(ctx context.Context, name string, data []byte) (url string, ok bool, err error) {
	url, err = s.files.Publish(ctx, name, "image/jpeg", data)
	return url, strings.HasPrefix(url, "https://"), err
}

// smaller makes a preview of a picture and publishes it. Where the picture cannot be read it is one that only says that
// there is a picture; not ok is a picture that is larger than LINE takes, or a preview that LINE cannot fetch.
func (s *sender) smaller(ctx context.Context, f *remote) (url string, ok bool, err error) {
	select {
	case s.drawing <- struct{}{}:
		defer func() { <-s.drawing }()
	case <-ctx.Done():
		return "", false, outcome.Temporary(noPreview, ctx.Err())
	}
	stream, err := s.client.Open(ctx, httpclient.Request{URL: f.url, Guarded: true})
	if err != nil {
		return "", false, download.Failed(err)
	}
	defer stream.Body.Close()
	if stream.Status != http.StatusOK {
		return "", false, download.Failed(fmt.Errorf("status %d", stream.Status))
	}
	data, err := io.ReadAll(io.LimitReader(stream.Body, maxImage+1))
	if err != nil {
		return "", false, download.Failed(io.ErrUnexpectedEOF)
	}
	switch {
	case len(data) > maxImage:
		return "", false, nil
	case len(data) <= maxPreview: // nobody had told its size
		return secure(f.url), true, nil
	}
	small, ok := shrink(data)
	if !ok {
		small = placeholder(false)
	}
	return s.publish(ctx, "preview.jpg", small)
}

// shrink makes a picture as small as a preview, the right way up.
func shrink(data []byte) ([]byte, bool) {
	c, _, err := picture.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return nil, false
	}
	src, _, err := picture.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, false
	}
	b := src.Bounds()
	scale := max(float64(max(b.Dx(), b.Dy()))/previewSide, 1)
	w, h := max(int(float64(b.Dx())/scale), 1), max(int(float64(b.Dy())/scale), 1)
	out := picture.NewRGBA(picture.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, mean(src, b.Min.X+int(float64(x)*scale), b.Min.Y+int(float64(y)*scale), max(int(scale), 1)))
		}
	}
	return encode(turn(out, orientation(data)))
}

// mean is the colour of a square, by nine of its points, on white where it is transparent.
func mean(src picture.Image, x, y, side int) color.Color {
	var r, g, b, n uint32
	for dy := range 3 {
		for dx := range 3 {
			pr, pg, pb, pa := src.At(x+dx*side/3, y+dy*side/3).RGBA()
			r, g, b, n = r+(pr+0xffff-pa)>>8, g+(pg+0xffff-pa)>>8, b+(pb+0xffff-pa)>>8, n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}

func encode(p picture.Image) ([]byte, bool) {
	var buf bytes.Buffer
	err := jpeg.Encode(&buf, p, &jpeg.Options{Quality: 80})
	return buf.Bytes(), err == nil && buf.Len() <= maxPreview
}

// placeholder is a grey picture, of a film with a triangle to play it.
func placeholder(film bool) []byte {
	const w, h = 480, 270
	p := picture.NewGray(picture.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			shade := uint8(0x60)
			if dx, dy := x-w/2+30, y-h/2; film && dx >= 0 && dx < 72 && 2*max(dy, -dy) <= 72-dx {
				shade = 0xf0
			}
			p.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	data, _ := encode(p) // a grey picture of this size always fits
	return data
}
