package customchannel

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestUTF16Len(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "hola": 4, "mañana": 6, "😀": 2, "e\u0301": 2, "👨\u200d👩\u200d👧": 8, "🇪🇸": 4, "漢字": 2, "\ufffd": 1, "a\xff": 2,
	} {
		if got := UTF16Len(s); got != want {
			t.Errorf("UTF16Len(%q) = %d, want %d", s, got, want)
		}
		if utf8.ValidString(s) && len(utf16.Encode([]rune(s))) != want {
			t.Errorf("unicode/utf16 counts %q otherwise", s)
		}
	}
}

func TestCutUTF16(t *testing.T) {
	for _, test := range []struct {
		name string
		s    string
		max  int
		want string
	}{
		{"fits", "hola", 4, "hola"},
		{"letters", "hola", 3, "hol"},
		{"nothing", "hola", 0, ""},
		{"less than nothing", "hola", -1, ""},
		{"never half an emoji", "a😀", 2, "a"},
		{"emoji that fits exactly", "a😀b", 3, "a😀"},
		{"letter keeps its accent", "ane\u0301", 3, "an"},
		{"several accents", "ne\u0301\u0323x", 3, "n"},
		{"family stays together", "a👨\u200d👩\u200d👧", 7, "a"},
		{"skin tone stays with its hand", "ab👍🏽", 4, "ab"},
		{"heart keeps its colour", "a❤\ufe0f", 2, "a"},
		{"flag is not halved", "🇪🇸🇫🇷", 6, "🇪🇸"},
		{"flag after flag", "🇪🇸🇫🇷🇮🇹", 8, "🇪🇸🇫🇷"},
		{"flag of a region", "a🏴\U000e0067\U000e0062\U000e007f", 5, "a"},
		{"line's end is one", "a\r\nb", 2, "a"},
		{"Korean syllable of parts", "a\u1112\u1161\u11ab", 3, "a"},
		{"a first character that is too long is cut between runes", "e\u0301\u0301\u0301", 2, "e\u0301"},
		{"a first emoji that is too long", "😀", 1, ""},
		{"bytes that are not UTF-8", "a\xff\xffb", 2, "a\xff"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := CutUTF16(test.s, test.max)
			if got != test.want {
				t.Errorf("got %+q, want %+q", got, test.want)
			}
			if n := UTF16Len(got); n > max(test.max, 0) || !strings.HasPrefix(test.s, got) {
				t.Errorf("%+q takes %d units of %d", got, n, test.max)
			}
		})
	}
}
