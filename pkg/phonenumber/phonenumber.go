// Package phonenumber knows how phone numbers are written: in E.164, within a country, and in the countries where one
// number has two spellings. Whether a number exists is for the network to say. A number is never made up: what may be a
// short code, a name, or a number of another country stays what it is.
//
// All functions are pure and safe for concurrent use.
package phonenumber

import (
	"regexp"
	"strings"
)

// https://www.itu.int/rec/T-REC-E.164: a plus, and up to 15 digits with the country's code. No subscriber has fewer than 7.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// IsE164 says whether a number is written with its plus and its country's code.
func IsE164(number string) bool { return e164.MatchString(number) }

var (
	digits = regexp.MustCompile(`^[0-9]{6,15}$`)
	// calling are the country codes of one and two digits; others have three.
	// https://www.itu.int/dms_pub/itu-t/opb/sp/T-SP-E.164D-2016-PDF-E.pdf
	calling = regexp.MustCompile(`^(1|7|20|27|28|30|31|32|33|34|36|39|40|41|43|44|45|46|47|48|49|51|52|53|54|55|56|57|58|60|61|62|63|64|65|66|81|82|83|84|86|89|90|91|92|93|94|95|98|[0-9]{3})`)
)

// countryCode is the code that a number in E.164 begins with, "" for what is none.
func countryCode(number string) string {
	if !IsE164(number) {
		return ""
	}
	return calling.FindString(number[1:])
}

// FromHere is a number in E.164 that somebody wrote as it is written at home, or without its plus. own is a number in E.164
// whose country that is, "" where it is not known. "" is what cannot be told for certain.
//
//	FromHere("0411222333", "+61411111111")  // "+61411222333"
//	FromHere("61411222333", "+61411111111") // "+61411222333"
//	FromHere("62626", "+61411111111")       // "", a short code
func FromHere(number, own string) string {
	code := countryCode(own)
	var full string
	switch {
	case IsE164(number):
		return number
	case !digits.MatchString(number):
		return ""
	case strings.HasPrefix(number, "00"):
		return "" // dialled abroad: what stands for the plus differs by country
	case number[0] == '0' && len(number) >= 8 && trunk(code):
		full = "+" + code + number[1:]
	case code == "1" && len(number) == 10 && number[0] >= '2': // the North American plan has no trunk digit
		full = "+1" + number
	case number[0] != '0' && (code != "" && strings.HasPrefix(number, code) && len(number) >= 10 && len(number) > len(own)-3 ||
		len(number) >= 12): // no country's own numbers are that long
		full = "+" + number
	}
	if !IsE164(full) {
		return ""
	}
	return full
}

// trunk says whether a country writes a zero before its numbers at home that is left out from abroad. Where it is part of
// the number (Italy), or another digit (North America, Russia, Hungary), and where there is none, it is not.
func trunk(code string) bool {
	switch code {
	case "", "1", "7", "30", "34", "36", "39", "45", "47", "48", "52", "56", "57", "65":
		return false
	}
	return true
}

// respelt are the countries where a mobile number has a digit more or less, as it was written when its account was made:
// what stands before the digit, which it is, and what follows.
var respelt = []struct {
	prefix, rest *regexp.Regexp
	digit        string
}{
	{regexp.MustCompile(`^\+52`), regexp.MustCompile(`^[0-9]{10}$`), "1"},             // Mexico, until 2019
	{regexp.MustCompile(`^\+54`), regexp.MustCompile(`^[0-9]{10}$`), "9"},             // Argentina, from abroad
	{regexp.MustCompile(`^\+55[0-9]{2}`), regexp.MustCompile(`^[6-9][0-9]{7}$`), "9"}, // Brazil, since 2012
}

// Spellings are the ways in which a mobile number in E.164 may be written, the given one first. WhatsApp answers with, and
// writes from, either of them.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
func Spellings(number string) []string {
	for _, r := range respelt {
		prefix := r.prefix.FindString(number)
		rest := number[len(prefix):]
		switch {
		case prefix == "":
		case r.rest.MatchString(rest):
			return []string{number, prefix + r.digit + rest}
		case strings.HasPrefix(rest, r.digit) && r.rest.MatchString(rest[1:]):
			return []string{number, prefix + rest[1:]}
		}
	}
	return []string{number}
}
