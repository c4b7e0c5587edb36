package line

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	picture "image"
)

// exif is the beginning of a JPEG file that says which way up it is.
func exif(orientation uint16, order binary.AppendByteOrder) []byte {
	tiff := []byte("MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II")
	}
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][3]uint16{{0x010f, 3, 7}, {0x0112, 3, orientation}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[2])
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(2+len(segment)))
	return append(out, segment...)
}

// corner is a wide picture, white but for a black corner at its upper left.
func corner(w, h int) *picture.RGBA {
	p := picture.NewRGBA(picture.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			shade := uint8(255)
			if x < w/4 && y < h/4 {
				shade = 0
			}
			p.Set(x, y, color.RGBA{shade, shade, shade, 255})
		}
	}
	return p
}

func dark(p picture.Image, x, y int) bool {
	r, _, _, _ := p.At(x, y).RGBA()
	return r < 0x4000
}

// A preview is the picture, small and the right way up.
func TestShrink(t *testing.T) {
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, corner(1000, 500), nil); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		orientation uint16
		order       binary.AppendByteOrder
		w, h        int
		right, down bool // where the black corner is
	}{
		{"upright", 1, binary.BigEndian, 800, 400, false, false},
		{"upside down", 3, binary.BigEndian, 800, 400, true, true},
		{"a quarter to the right", 6, binary.LittleEndian, 400, 800, true, false},
		{"a quarter to the left", 8, binary.BigEndian, 400, 800, false, true},
		{"mirrored", 2, binary.LittleEndian, 800, 400, true, false},
		{"mirrored upside down", 4, binary.BigEndian, 800, 400, false, true},
		{"mirrored, a quarter to the left", 5, binary.BigEndian, 400, 800, false, false},
		{"mirrored, a quarter to the right", 7, binary.BigEndian, 400, 800, true, true},
		{"no way at all", 99, binary.BigEndian, 800, 400, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := append(exif(test.orientation, test.order), plain.Bytes()[2:]...)
			small, ok := shrink(data)
			if !ok {
				t.Fatal("not made")
			}
			p, err := jpeg.Decode(bytes.NewReader(small))
			if err != nil {
				t.Fatal(err)
			}
			if b := p.Bounds(); b.Dx() != test.w || b.Dy() != test.h {
				t.Fatalf("%v, want %d by %d", b, test.w, test.h)
			}
			for _, right := range []bool{false, true} {
				for _, down := range []bool{false, true} {
					x, y := 20, 20
					if right {
						x = test.w - 20
					}
					if down {
						y = test.h - 20
					}
					if want := right == test.right && down == test.down; dark(p, x, y) != want {
						t.Errorf("right %t, down %t: dark %t", right, down, !want)
					}
				}
			}
		})
	}
}

func TestShrinkOfOtherPictures(t *testing.T) {
	var clear, huge bytes.Buffer
	if err := png.Encode(&clear, picture.NewNRGBA(picture.Rect(0, 0, 3, 900))); err != nil {
		t.Fatal(err)
	}
	small, ok := shrink(clear.Bytes())
	if !ok {
		t.Fatal("a transparent one is not made")
	}
	p, err := jpeg.Decode(bytes.NewReader(small))
	if err != nil || p.Bounds().Dx() != 2 || p.Bounds().Dy() != 800 || dark(p, 0, 0) {
		t.Errorf("%v: %v", p.Bounds(), err)
	}
	if err := png.Encode(&huge, picture.NewGray(picture.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	header := huge.Bytes()[12:33] // the first chunk: its name, width and height, and their sum
	binary.BigEndian.PutUint32(header[4:], 6000)
	binary.BigEndian.PutUint32(header[8:], 6000)
	binary.BigEndian.PutUint32(header[17:], crc32.ChecksumIEEE(header[:17]))
	if c, err := png.DecodeConfig(bytes.NewReader(huge.Bytes())); err != nil || c.Width != 6000 {
		t.Fatalf("%+v: %v", c, err)
	}
	if _, ok := shrink(huge.Bytes()); ok {
		t.Error("one is unpacked that takes too much memory")
	}
	if _, ok := shrink([]byte("no picture")); ok {
		t.Error("anything is a picture")
	}
}

func TestPlaceholders(t *testing.T) {
	film, still := placeholder(true), placeholder(false)
	for _, data := range [][]byte{film, still} {
		p, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil || p.Bounds().Dx() != 480 || len(data) > maxPreview {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
	if bytes.Equal(film, still) {
		t.Error("both are the same")
	}
}
