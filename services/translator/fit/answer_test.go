package fit_test

import (
	"testing"
	"unicode"

	"github.com/bonychat/puente/services/translator/fit"
)

func TestAnswer(t *testing.T) {
	replies := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	for text, want := range map[string]string{
		"2": "two", " 2. ": "two", "2)": "two", "(2)": "two", "#2": "two", "# 2": "two", "2:": "two", "\n2\n": "two", "10": "ten",
		"２": "two", "１０．": "ten", "２）": "two", "٢": "two", "۲": "two", "२": "two", "2️⃣": "two", "\u200f٢\u200f": "two",
		"": "", "0": "", "11": "", "02": "", "-2": "", "2.5": "", "2 3": "", "two": "", "TWO": "", "2 please": "", "2nd": "", "②": "",
		"#": "", "99999999999999999999": "", "²": "",
	} {
		got, ok := fit.Answer(text, replies)
		if got != want || ok != (want != "") {
			t.Errorf("Answer(%q) = %q, %t, want %q", text, got, ok, want)
		}
	}
	if _, ok := fit.Answer("1", nil); ok {
		t.Error("there was nothing to answer")
	}
}

// What Answer takes for granted about digits.
func TestDigitsStandTogether(t *testing.T) {
	for _, set := range unicode.Nd.R16 {
		if set.Stride != 1 || (set.Hi-set.Lo+1)%10 != 0 {
			t.Errorf("%x to %x", set.Lo, set.Hi)
		}
	}
	for _, set := range unicode.Nd.R32 {
		if set.Stride != 1 || (set.Hi-set.Lo+1)%10 != 0 {
			t.Errorf("%x to %x", set.Lo, set.Hi)
		}
	}
}
