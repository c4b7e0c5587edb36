package line

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

// box is a box of an MP4 file.
func box(kind string, content ...byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), kind...), content...)
}

// header0 and header1 are movie headers of both versions.
func header0(scale, units uint32) []byte {
	b := make([]byte, 12, 100)
	b = binary.BigEndian.AppendUint32(b, scale)
	return box("mvhd", binary.BigEndian.AppendUint32(b, units)[:20]...)
}

func header1(scale uint32, units uint64) []byte {
	b := make([]byte, 20, 100)
	b[0] = 1
	b = binary.BigEndian.AppendUint32(b, scale)
	return box("mvhd", binary.BigEndian.AppendUint64(b, units)...)
}

// origin is a file whose readings are counted, from an offset only where it has ranges.
type origin struct {
	data     []byte
	noRanges bool
	readings int
}

func (s *origin) read(offset int64) ([]byte, error) {
	s.readings++
	if offset > 0 && s.noRanges || offset > int64(len(s.data)) {
		return nil, errors.New("no")
	}
	return s.data[offset:min(int64(len(s.data)), offset+headSize)], nil
}

func TestMP4Length(t *testing.T) {
	kind := box("ftyp", []byte("M4A \x00\x00\x00\x00isom")...)
	sound := box("mdat", make([]byte, 300<<10)...)
	large := append(append([]byte{0, 0, 0, 1}, "mdat"...), binary.BigEndian.AppendUint64(nil, 16+200<<10)...)
	large = append(large, make([]byte, 200<<10)...)
	for _, test := range []struct {
		name   string
		source origin
		want   time.Duration
	}{
		{"header first", origin{data: bytes.Join([][]byte{kind, box("moov", header0(1000, 60000)...), sound}, nil)}, time.Minute},
		{"header last", origin{data: bytes.Join([][]byte{kind, sound, box("moov", header0(48000, 72000)...)}, nil)}, 1500 * time.Millisecond},
		{"header behind a large box", origin{data: bytes.Join([][]byte{kind, large, box("moov", header1(44100, 441000)...)}, nil)}, 10 * time.Second},
		{"header behind free room", origin{data: bytes.Join([][]byte{kind, box("free", 1, 2, 3), box("moov", header1(1000, 1)...)}, nil)}, time.Millisecond},
		{"header last, and no ranges", origin{noRanges: true, data: bytes.Join([][]byte{kind, sound, box("moov", header0(1000, 60000)...)}, nil)}, 0},
		{"no header", origin{data: bytes.Join([][]byte{kind, sound}, nil)}, 0},
		{"cut off", origin{data: bytes.Join([][]byte{kind, box("moov", header0(1000, 60000)...)}, nil)[:len(kind)+30]}, 0},
		{"no time scale", origin{data: bytes.Join([][]byte{kind, box("moov", header0(0, 60000)...)}, nil)}, 0},
		{"no time", origin{data: bytes.Join([][]byte{kind, box("moov", header0(1000, 0)...)}, nil)}, 0},
		{"a box of no size", origin{data: bytes.Join([][]byte{kind, {0, 0, 0, 2, 'm', 'd', 'a', 't', 0, 0, 0, 0, 0, 0, 0, 0}}, nil)}, 0},
		{"nothing", origin{}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := mp4Length(test.source.read)
			if ok != (test.want > 0) || ok && got != test.want {
				t.Errorf("%v, %t; want %v", got, ok, test.want)
			}
			if test.source.readings > 3 {
				t.Errorf("%d readings", test.source.readings)
			}
		})
	}
}

// mp3 is a file of a constant rate: MPEG 1, layer III, 128 kbit/s, 44,100 Hz, stereo, so many bytes long.
func mp3(size int) []byte {
	return append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, size-4)...)
}

// counted is a file that says how many frames it has.
func counted(at int, name string, countAt int, frames uint32) []byte {
	b := mp3(1000)
	copy(b[at:], name)
	b[at+7] |= 1
	binary.BigEndian.PutUint32(b[at+countAt:], frames)
	return b
}

func TestMP3Length(t *testing.T) {
	tag := func(size int) []byte {
		b := append([]byte("ID3\x04\x00\x00"), byte(size>>21&0x7f), byte(size>>14&0x7f), byte(size>>7&0x7f), byte(size&0x7f))
		return append(b, make([]byte, size)...)
	}
	for _, test := range []struct {
		name   string
		source origin
		size   int64
		want   time.Duration
	}{
		{"constant rate", origin{data: mp3(160000)}, 160000, 10 * time.Second},
		{"behind a tag", origin{data: append(tag(500), mp3(160000)...)}, 160510, 10 * time.Second},
		{"behind a tag with a picture", origin{data: append(tag(300<<10), mp3(160000)...)}, 10 + 300<<10 + 160000, 10 * time.Second},
		{"behind a tag with a picture, and no ranges", origin{noRanges: true, data: append(tag(300<<10), mp3(160000)...)}, 10 + 300<<10 + 160000, 0},
		{"behind padding", origin{data: append(make([]byte, 100), mp3(160000)...)}, 160100, 10 * time.Second},
		{"Xing", origin{data: counted(36, "Xing", 8, 3828)}, 1000, 3828 * 1152 * time.Second / 44100},
		{"Info", origin{data: counted(36, "Info", 8, 3828)}, 1000, 3828 * 1152 * time.Second / 44100},
		{"VBRI", origin{data: counted(36, "VBRI", 14, 3828)}, 1000, 3828 * 1152 * time.Second / 44100},
		{"unknown size", origin{data: mp3(160000)}, -1, 0},
		{"unknown size, and a count", origin{data: counted(36, "Xing", 8, 3828)}, -1, 3828 * 1152 * time.Second / 44100},
		{"MPEG 2, mono, 64 kbit/s, 22,050 Hz", origin{data: append([]byte{0xff, 0xf3, 0x80, 0xc0}, make([]byte, 79996)...)}, 80000, 10 * time.Second},
		{"MPEG 2.5, 8 kbit/s", origin{data: append([]byte{0xff, 0xe3, 0x10, 0x00}, make([]byte, 9996)...)}, 10000, 10 * time.Second},
		{"AAC is no MP3", origin{data: append([]byte{0xff, 0xf1, 0x50, 0x80}, make([]byte, 9996)...)}, 10000, 0},
		{"a tag and nothing", origin{data: tag(20)}, 30, 0},
		{"nothing", origin{}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := mp3Length(test.source.read, test.size)
			if diff := got - test.want; ok != (test.want > 0) || diff < -time.Microsecond || diff > time.Microsecond {
				t.Errorf("%v, %t; want %v", got, ok, test.want)
			}
			if test.source.readings > 2 {
				t.Errorf("%d readings", test.source.readings)
			}
		})
	}
}

// FuzzLength reads anything as a recording, and as a picture's way up.
func FuzzLength(f *testing.F) {
	f.Add(bytes.Join([][]byte{box("ftyp", []byte("M4A ")...), box("moov", header1(1000, 60000)...)}, nil))
	f.Add(counted(36, "Xing", 8, 3828))
	f.Add(counted(36, "VBRI", 14, 3828))
	f.Add(exif(6, binary.LittleEndian))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := origin{data: data}
		for what, length := range map[string]func() (time.Duration, bool){
			"mp4": func() (time.Duration, bool) { return mp4Length(s.read) },
			"mp3": func() (time.Duration, bool) { return mp3Length(s.read, int64(len(data))) },
		} {
			if got, ok := length(); ok && (got < time.Millisecond || got > longestRecording) {
				t.Errorf("%s: %v", what, got)
			}
		}
		if o := orientation(data); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}
