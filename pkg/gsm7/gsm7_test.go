package gsm7_test

import (
	"bytes"
	"testing"

	"github.com/bonychat/puente/pkg/gsm7"
)

// The values are those of the tables in 3GPP TS 23.038, 6.2.1.
func TestCharactersStandWhereTheStandardHasThem(t *testing.T) {
	for text, want := range map[string][]byte{
		"@£$": {0, 1, 2}, "¿a": {0x60, 0x61}, "ñÑ": {0x7d, 0x5d}, "Δ_": {0x10, 0x11}, "\n\r": {0x0a, 0x0d}, "ÆæßÉ ": {0x1c, 0x1d, 0x1e, 0x1f, 0x20},
		"€": {0x1b, 0x65}, "[~]": {0x1b, 0x3c, 0x1b, 0x3d, 0x1b, 0x3e}, "^{}\\|\f": {0x1b, 0x14, 0x1b, 0x28, 0x1b, 0x29, 0x1b, 0x2f, 0x1b, 0x40, 0x1b, 0x0a},
		"¤§à": {0x24, 0x5f, 0x7f}, "": {},
	} {
		got, ok := gsm7.Encode(text)
		septets := 0
		for _, r := range text {
			septets += gsm7.Septets(r)
		}
		if !ok || !bytes.Equal(got, want) || septets != len(want) {
			t.Errorf("%q: % x, want % x, %d septets", text, got, want, septets)
		}
		if back := gsm7.Decode(want); back != text {
			t.Errorf("% x: %q, want %q", want, back, text)
		}
	}
	for _, text := range []string{"á", "👋", "Я", "`", "\x1b", "a\xff"} {
		if got, ok := gsm7.Encode(text); ok {
			t.Errorf("%q has a place: % x", text, got)
		}
	}
}

func TestWhatPhonesShowOfUnknownEscapes(t *testing.T) {
	for _, test := range []struct {
		octets []byte
		want   string
	}{{[]byte{0x1b}, ""}, {[]byte{0x1b, 0x41}, "A"}, {[]byte{0x1b, 0x1b}, " "}, {[]byte{0xe1}, "a"}} {
		if got := gsm7.Decode(test.octets); got != test.want {
			t.Errorf("% x: %q, want %q", test.octets, got, test.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("hello\x1b\x65"))
	f.Fuzz(func(t *testing.T, octets []byte) {
		text := gsm7.Decode(octets)
		again, ok := gsm7.Encode(text)
		if !ok || gsm7.Decode(again) != text {
			t.Errorf("% x is %q, which does not come back", octets, text)
		}
	})
}
