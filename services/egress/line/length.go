package line

import (
	"encoding/binary"
	"time"
)

// reader reads some of a file from an offset on; from 0 it is what was read before.
type reader func(offset int64) ([]byte, error)

// longestRecording is beyond what anybody sends; a longer one has been misread.
const longestRecording = 24 * time.Hour

func plausible(length time.Duration) (time.Duration, bool) {
	return length, length >= time.Millisecond && length <= longestRecording
}

// mostBoxes bounds the steps to an MP4 file's header.
const mostBoxes = 32

// mp4Length finds the length in an MP4 file's movie header (ISO/IEC 14496-12, mvhd), which stands at the file's
// beginning or, behind the sound, at its end. Each reading away from the beginning is a request, so there are few.
func mp4Length(read reader) (time.Duration, bool) {
	data, err := read(0)
	base, readings := int64(0), 0
	for pos, i := int64(0), 0; err == nil && i < mostBoxes; i++ {
		if pos < base || pos+16 > base+int64(len(data)) {
			if readings++; readings > 2 {
				return 0, false
			}
			base = pos
			if data, err = read(pos); err != nil || len(data) < 16 {
				return 0, false
			}
		}
		box := data[pos-base:]
		size, kind := int64(binary.BigEndian.Uint32(box)), string(box[4:8])
		header := int64(8)
		if size == 1 { // the size follows in 64 bits
			size, header = int64(binary.BigEndian.Uint64(box[8:])), 16
		}
		if kind == "mvhd" {
			return movieHeader(box[header:])
		}
		if kind == "moov" {
			size = header // its first box is inside
		}
		if size < header {
			return 0, false
		}
		pos += size
		if pos < 0 {
			return 0, false
		}
	}
	return 0, false
}

func movieHeader(b []byte) (time.Duration, bool) {
	var scale uint32
	var units uint64
	switch {
	case len(b) >= 20 && b[0] == 0:
		scale, units = binary.BigEndian.Uint32(b[12:]), uint64(binary.BigEndian.Uint32(b[16:]))
	case len(b) >= 32 && b[0] == 1:
		scale, units = binary.BigEndian.Uint32(b[20:]), binary.BigEndian.Uint64(b[24:])
	}
	if scale == 0 || units > 1<<40 {
		return 0, false
	}
	return plausible(time.Duration(float64(units) / float64(scale) * float64(time.Second)))
}

// mp3Length is the length of an MP3 file: what a Xing, Info or VBRI header counts, else the file's size by the rate of
// its first frame, which is right where the rate is constant.
func mp3Length(read reader, size int64) (time.Duration, bool) {
	data, err := read(0)
	if err != nil {
		return 0, false
	}
	offset := int64(0)
	if len(data) >= 10 && string(data[:3]) == "ID3" { // a tag, its size in seven bits a byte: https://id3.org/id3v2.4.0-structure
		offset = 10 + int64(data[6]&0x7f)<<21 + int64(data[7]&0x7f)<<14 + int64(data[8]&0x7f)<<7 + int64(data[9]&0x7f)
		if offset+frameRoom > int64(len(data)) {
			if data, err = read(offset); err != nil {
				return 0, false
			}
		} else {
			data = data[offset:]
		}
	}
	for i := 0; i < len(data) && i < mostPadding; i++ {
		if f, ok := frameAt(data[i:]); ok {
			return f.length(data[i:], size-offset-int64(i))
		}
	}
	return 0, false
}

const (
	// frameRoom is what a frame's header and its counts take.
	frameRoom = 256
	// mostPadding is how far behind a tag the first frame is looked for.
	mostPadding = 4096
)

// frame is the header of an MPEG audio frame, layer III.
type frame struct {
	bitsPerSecond, samplesPerSecond, samples int
	side                                     int // bytes between the header and a Xing header
}

var (
	rates1 = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0} // kbit/s, MPEG 1
	rates2 = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}     // MPEG 2 and 2.5
	hertz  = [4]int{44100, 48000, 32000, 0}                                               // MPEG 1; halved for 2, again for 2.5
)

// frameAt reads a frame's header, of which the first eleven bits are set.
func frameAt(b []byte) (frame, bool) {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 || b[1]&0x06 != 0x02 { // layer III
		return frame{}, false
	}
	version, mono := b[1]>>3&3, b[3]>>6 == 3
	f := frame{samples: 1152, side: 32, bitsPerSecond: rates1[b[2]>>4] * 1000, samplesPerSecond: hertz[b[2]>>2&3]}
	switch version {
	case 3:
		if mono {
			f.side = 17
		}
	case 2, 0:
		f.samples, f.side, f.bitsPerSecond, f.samplesPerSecond = 576, 17, rates2[b[2]>>4]*1000, f.samplesPerSecond/2
		if mono {
			f.side = 9
		}
		if version == 0 {
			f.samplesPerSecond /= 2
		}
	default:
		return frame{}, false
	}
	return f, f.bitsPerSecond > 0 && f.samplesPerSecond > 0
}

// length is the recording's, of which b begins with this frame and size bytes are left.
func (f frame) length(b []byte, size int64) (time.Duration, bool) {
	frames := uint32(0)
	if at := 4 + f.side; len(b) >= at+12 && (string(b[at:at+4]) == "Xing" || string(b[at:at+4]) == "Info") && b[at+7]&1 != 0 {
		frames = binary.BigEndian.Uint32(b[at+8:])
	} else if at := 4 + 32; len(b) >= at+18 && string(b[at:at+4]) == "VBRI" {
		frames = binary.BigEndian.Uint32(b[at+14:])
	}
	if frames > 0 {
		return plausible(time.Duration(float64(frames) * float64(f.samples) / float64(f.samplesPerSecond) * float64(time.Second)))
	}
	if size <= 0 {
		return 0, false
	}
	return plausible(time.Duration(float64(size) * 8 / float64(f.bitsPerSecond) * float64(time.Second)))
}
