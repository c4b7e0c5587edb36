package line

import (
	"bytes"
	"encoding/binary"

	picture "image"
)

// orientation is how a JPEG picture is to be turned, from 1 to 8, as cameras write it; 1 where nothing is said.
// https://www.cipa.jp/std/documents/e/DC-008-Translation-2019-E.pdf, tag 0x0112
func orientation(data []byte) int {
	if !bytes.HasPrefix(data, []byte{0xff, 0xd8}) {
		return 1
	}
	for data = data[2:]; len(data) >= 4 && data[0] == 0xff; {
		marker, size := data[1], 2+int(binary.BigEndian.Uint16(data[2:]))
		if marker == 0xda || size < 4 || size > len(data) { // the picture itself
			return 1
		}
		if segment := data[4:size]; marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return tag(segment[6:])
		}
		data = data[size:]
	}
	return 1
}

// tag finds the orientation in the first directory of a TIFF header.
func tag(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at:]
	for n, i := int(order.Uint16(entries)), 0; i < n && 2+12*(i+1) <= len(entries); i++ {
		entry := entries[2+12*i:]
		if order.Uint16(entry) == 0x0112 {
			if o := int(order.Uint16(entry[8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// turn puts a picture the right way up.
func turn(p *picture.RGBA, orientation int) *picture.RGBA {
	if orientation == 1 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	out := picture.NewRGBA(picture.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = picture.NewRGBA(picture.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := [9][2]int{{}, {x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y}, {y, x}, {h - 1 - y, x}, {h - 1 - y, w - 1 - x}, {y, w - 1 - x}}[orientation]
			out.SetRGBA(to[0], to[1], p.RGBAAt(x, y))
		}
	}
	return out
}
