package whatsapp

import (
	"fmt"
	"testing"
)

func TestSpellings(t *testing.T) {
	for address, want := range map[string]string{
		"+525512345678":     "[+525512345678 +5215512345678]",
		"+5215512345678":    "[+5215512345678 +525512345678]",
		"+541112345678":     "[+541112345678 +5491112345678]",
		"+5491112345678":    "[+5491112345678 +541112345678]",
		"+5531987654321":    "[+5531987654321 +553187654321]",
		"+553187654321":     "[+553187654321 +5531987654321]",
		"+34600111222":      "[+34600111222]",
		"+5255":             "[+5255]",
		"+52155123456789":   "[+52155123456789]",
		"+5531887654321":    "[+5531887654321]", // the digit is another
		"US.13491208655302": "[US.13491208655302]",
	} {
		if got := fmt.Sprint(spellings(address)); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestE164(t *testing.T) {
	for number, want := range map[string]string{
		"34600111222": "+34600111222", "+34600111222": "+34600111222", "0034600111222": "", "": "", "+": "", "34 600": "", "US.13": "",
		"1234567890123456": "", "++34600111222": "", "346001112２2": "",
	} {
		if got := e164(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

// A reason says something to whoever reads it, in the words of none of Meta's texts, and names the code.
func TestReasons(t *testing.T) {
	for code, k := range codes {
		if k.reason == "" || (k.class == waits) != (k.pause > 0) {
			t.Errorf("%d: %+v", code, k)
		}
		if got := reason(code); got != fmt.Sprintf("%s (%d)", k.reason, code) {
			t.Errorf("%d: %q", code, got)
		}
	}
}
