package phonenumber_test

import (
	"fmt"
	"testing"

	"github.com/bonychat/puente/pkg/phonenumber"
)

func TestFromHere(t *testing.T) {
	const australia, usa, spain, india, italy, germany = "+61411111111", "+15005550006", "+34600000000", "+919812345678", "+393331234567", "+4915112345678"
	for _, c := range []struct{ number, own, want string }{
		{"+61411222333", "", "+61411222333"},
		{"0411222333", australia, "+61411222333"}, {"61411222333", australia, "+61411222333"}, {"0011411222333", australia, ""}, {"0034600111222", australia, ""},
		{"0411222333", "", ""}, {"0411222333", usa, ""}, {"0612345678", italy, ""},
		{"4155552671", usa, "+14155552671"}, {"14155552671", usa, "+14155552671"}, {"4155552671", australia, ""},
		{"9812345679", india, ""}, {"919812345679", india, "+919812345679"},
		{"600111222", spain, ""}, {"34600111222", spain, "+34600111222"},
		{"015112345678", germany, "+4915112345678"},
		{"62626", usa, ""}, {"62626", australia, ""}, {"262626", usa, ""}, {"Amazon", usa, ""}, {"+62626", usa, ""}, {"", usa, ""},
		{"447700900123", "", "+447700900123"}, {"1234567890123456", "", ""},
	} {
		if got := phonenumber.FromHere(c.number, c.own); got != c.want {
			t.Errorf("%q from %q: %q, want %q", c.number, c.own, got, c.want)
		}
	}
}

func TestSpellings(t *testing.T) {
	for number, want := range map[string]string{
		"+525512345678": "[+525512345678 +5215512345678]", "+5215512345678": "[+5215512345678 +525512345678]",
		"+541123456789": "[+541123456789 +5491123456789]", "+5491123456789": "[+5491123456789 +541123456789]",
		"+551187654321": "[+551187654321 +5511987654321]", "+5511987654321": "[+5511987654321 +551187654321]",
		"+551133334444": "[+551133334444]", // no mobile number
		"+34600111222":  "[+34600111222]", "ES.1": "[ES.1]", "": "[]",
	} {
		if got := fmt.Sprint(phonenumber.Spellings(number)); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
}
