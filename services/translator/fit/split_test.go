package fit_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/translator/fit"
)

func TestSplit(t *testing.T) {
	family := "👩‍👩‍👧‍👦" // 11 UTF-16 units, 25 bytes
	for _, tc := range []struct {
		name  string
		text  string
		limit int
		unit  provider.Unit
		want  []string
	}{
		{"fits exactly", "12345", 5, "", []string{"12345"}},
		{"no limit", "12345", 0, "", []string{"12345"}},
		{"empty stays", "", 5, "", []string{""}},
		{"line before sentence", "A line\nA sentence. More words", 22, "", []string{"A line\nA sentence. ", "More words"}},
		{"line in the second half", "First line here\nThen. More words", 24, "", []string{"First line here\n", "Then. More words"}},
		{"sentence before word", "It is done. And then some", 20, "", []string{"It is done. ", "And then some"}},
		{"sentence with closing quote", "He said \"no.\" And then he", 22, "", []string{"He said \"no.\" ", "And then he"}},
		{"number of a list is no sentence", "choose one of 1. apple or", 21, "", []string{"choose one of 1. ", "apple or"}},
		{"Chinese sentence needs no space", "今天天气很好。我们去公园", 10, "", []string{"今天天气很好。", "我们去公园"}},
		{"word", "alpha beta gamma", 12, "", []string{"alpha beta ", "gamma"}},
		{"white space stays before the cut", "alpha   beta", 9, "", []string{"alpha   ", "beta"}},
		{"early space before a long word", "a bcdefghij", 9, "", []string{"a ", "bcdefghij"}},
		{"no-break space holds", "ab cd\u00a0ef", 7, "", []string{"ab ", "cd\u00a0ef"}},
		{"longer word is cut", "abcdefghij", 4, "", []string{"abcd", "efgh", "ij"}},
		{"surrogate pair is whole", "abc😀def", 4, "", []string{"abc", "😀de", "f"}},
		{"rune is whole in bytes", "aéé", 4, provider.Bytes, []string{"aé", "é"}},
		{"accent stays", "abe\u0301f", 3, "", []string{"ab", "e\u0301f"}},
		{"joined emoji stays", "ab" + family + "c", 12, "", []string{"ab", family + "c"}},
		{"longer emoji is cut between runes", family, 4, "", []string{"👩\u200d", "👩\u200d", "👧\u200d", "👦"}},
		{"skin tone stays", "abc👍🏽", 6, "", []string{"abc", "👍🏽"}},
		{"flag stays", "ab🇪🇸🇵🇹", 8, "", []string{"ab🇪🇸", "🇵🇹"}},
		{"keycap stays", "abc2️⃣", 5, "", []string{"abc", "2️⃣"}},
		{"line break of two stays", "abcd\r\nef", 5, "", []string{"abcd", "\r\nef"}},
		{"blank parts are left out", "ab" + strings.Repeat("\n", 9) + "cd", 4, "", []string{"ab\n\n", "cd"}},
		{"nothing but white space keeps a part", strings.Repeat(" ", 9), 4, "", []string{"    "}},
		{"limit below a rune takes the rune", "😀a", 1, "", []string{"😀", "a"}},
		{"GSM-7 counts septets", strings.Repeat("é", 20), 16, provider.GSM7, []string{strings.Repeat("é", 16), "éééé"}},
		{"GSM-7 extension counts two", "€€€€", 6, provider.GSM7, []string{"€€€", "€"}},
		{"other alphabet counts UTF-16", strings.Repeat("ж", 10), 16, provider.GSM7, []string{"жжжжжжж", "жжж"}},
		{"one other character counts for its part", "aaaaaaaaaaaaaж", 16, provider.GSM7, []string{"aaaaaaaaaaaaa", "ж"}},
		{"and not for those after it", "жaaaaaaaaaaaaaaaaaaaaaa", 16, provider.GSM7, []string{"жaaaaaa", "aaaaaaaaaaaaaaaa"}},
		{"a word is not cut for it", "aaaa aaaa aaжaa", 16, provider.GSM7, []string{"aaaa aaaa ", "aaжaa"}},
		{"a mark goes with its letter", "aaaaaaaaaaaa\u0301aa", 16, provider.GSM7, []string{"aaaaaaaaaaa", "a\u0301aa"}},
		{"one message holds 70 units", strings.Repeat("ж", 71), 160, provider.GSM7, []string{strings.Repeat("ж", 70), "ж"}},
		{"of two joined messages each holds 67", strings.Repeat("ж", 135), 306, provider.GSM7, []string{strings.Repeat("ж", 134), "ж"}},
		{"of eight joined messages each holds 67", strings.Repeat("ж", 537), 1224, provider.GSM7, []string{strings.Repeat("ж", 536), "ж"}},
		{"an emoji is two units of a joined message", "a" + strings.Repeat("😀", 268), 1224, provider.GSM7, []string{"a" + strings.Repeat("😀", 267), "😀"}},
		{"small c with cedilla is no GSM-7", "çaaaaaaa", 16, provider.GSM7, []string{"çaaaaaa", "a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, fit.Split(tc.text, tc.limit, tc.unit)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The counts of this file are written another way than those under test.

const (
	gsm  = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm2 = "\f^{}\\[~]|€"
)

func isGSM(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(gsm+gsm2, r) }) < 0
}

func size(s string, unit provider.Unit) int {
	switch {
	case unit == provider.Bytes:
		return len(s)
	case unit == provider.GSM7 && isGSM(s):
		n := utf8.RuneCountInString(s)
		for _, r := range gsm2 {
			n += strings.Count(s, string(r))
		}
		return n
	default:
		return len(utf16.Encode([]rune(s)))
	}
}

func allowed(s string, limit int, unit provider.Unit) int {
	if unit == provider.GSM7 && !isGSM(s) {
		if limit > 160 { // in parts, of 153 septets or 67 units
			return limit/153*67 + limit%153*67/153
		}
		return max(1, limit*70/160)
	}
	return limit
}

// check holds for every text and limit.
func check(t *testing.T, text string, limit int, unit provider.Unit) {
	t.Helper()
	parts := fit.Split(text, limit, unit)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("Split(%q, %d, %q) = %q: %s", text, limit, unit, parts, fmt.Sprintf(format, args...))
	}
	if len(parts) == 0 {
		fail("no part")
	}
	rest := text
	for _, p := range parts {
		if p == "" && text != "" {
			fail("empty part")
		}
		if !utf8.ValidString(p) && utf8.ValidString(text) {
			fail("half a character")
		}
		if n := size(p, unit); limit > 0 && n > allowed(p, limit, unit) && utf8.RuneCountInString(p) > 1 {
			fail("%q takes %d", p, n)
		}
		// whole and in order: only white space may stand between the parts
		for !strings.HasPrefix(rest, p) {
			r, n := utf8.DecodeRuneInString(rest)
			if !unicode.IsSpace(r) {
				fail("%q is not next", p)
			}
			rest = rest[n:]
		}
		rest = rest[len(p):]
	}
	if strings.TrimSpace(rest) != "" {
		fail("lost %q", rest)
	}
	// every two parts in a row are half full at least, where a character is no more than a small share of a part
	if bound := 4*size(text, unit)/max(1, allowed(text, limit, unit)) + 2; limit >= 200 && zalgo(text) < 8 && len(parts) > bound {
		fail("%d parts, not %d", len(parts), bound)
	}
	if len(parts) > max(1, utf8.RuneCountInString(text)) {
		fail("more parts than characters")
	}
}

// zalgo is the longest row of characters that join another.
func zalgo(s string) int {
	longest, n := 0, 0
	for _, r := range s {
		if n++; unicode.IsLetter(r) && r < 0x300 || unicode.IsSpace(r) || unicode.Is(unicode.Han, r) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

var pieces = []string{
	"a", "é", "word", "Zeit", "ж", "今天", "。", ". ", "! ", "? ", "\n", "\r\n", " ", "  ", "\u00a0", "[", "€", "👍🏽", "🇪🇸",
	"👩‍👩‍👧‍👦", "e\u0301", "\u0301", "\u200d", "한", "नमस्ते", "https://x.test/a/b?c=d", "antidisestablishmentarianism", "1. ", "(so.) ",
}

func TestSplitOfRandomTexts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	units := []provider.Unit{"", provider.UTF16, provider.Bytes, provider.GSM7}
	for range 20_000 {
		var b strings.Builder
		some := pieces
		if rnd.IntN(2) == 0 {
			some = pieces[:1+rnd.IntN(len(pieces))]
		}
		for range rnd.IntN(120) {
			b.WriteString(some[rnd.IntN(len(some))])
		}
		check(t, b.String(), rnd.IntN(300), units[rnd.IntN(len(units))])
	}
}

func FuzzSplit(f *testing.F) {
	for i, p := range pieces {
		f.Add(strings.Repeat(p, 40), i, i)
	}
	f.Add(strings.Join(pieces, ""), 7, 3)
	f.Add("\xff\xfe broken", 3, 2)
	f.Fuzz(func(t *testing.T, text string, limit, unit int) {
		// protobuf lets nothing else through, and the bytes of broken text can be read as parts in more than one way
		text = strings.ToValidUTF8(text, "\ufffd")
		units := []provider.Unit{"", provider.UTF16, provider.Bytes, provider.GSM7}
		check(t, text, limit, units[uint(unit)%4])
	})
}

func BenchmarkSplit(b *testing.B) {
	for name, text := range map[string]string{
		"fits":  "A short text as most are.",
		"latin": strings.Repeat("A sentence of some words, as people write them. ", 2000),
		"emoji": strings.Repeat("Привет, как дела? 👩‍👩‍👧‍👦 今天天气很好。", 2000),
		"word":  strings.Repeat("x", 100_000),
	} {
		for _, unit := range []provider.Unit{provider.UTF16, provider.Bytes, provider.GSM7} {
			b.Run(name+"/"+string(unit), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					fit.Split(text, 1600, unit)
				}
			})
		}
	}
}
