// Package weburl brings web addresses into the one form that every reader understands: RFC 3986, in ASCII. People and
// platforms write https://münchen.example/mi factura[1].pdf; networks refuse that, and a link ends at its blank. The address
// that was checked is then the one that is called, handed to a network, and shown.
//
//	weburl.Normal("http://münchen.example/a b.pdf") // "http://xn--mnchen-3ya.example/a%20b.pdf"
//
// Path and query of an address that is a URI already stay as they are, byte for byte: escaping them again would break a
// signature.
package weburl

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// What is wrong with an address. None of the errors holds any of it.
var (
	ErrScheme    = errors.New("is neither http nor https")
	ErrHost      = errors.New("names no host")
	ErrHostName  = errors.New("has a host that is no domain name or IP address")
	ErrPort      = errors.New("has a port that is no number")
	ErrCharacter = errors.New("holds a control character, or bytes that are not UTF-8")
)

// host is how browsers look a name up: https://www.unicode.org/reports/tr46/. Names with an underscore exist.
var host = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(false))

// Normal is an absolute http or https address in ASCII: the host in Punycode, and whatever may not stand in a URI
// percent-encoded, a per cent sign that begins no escape too. Scheme and host are in small letters. Blanks at its end are left out. It is safe for
// concurrent use, and applying it again changes nothing.
func Normal(address string) (string, error) {
	normal, _, err := parse(address)
	return normal, err
}

// Parse is what [Normal] makes of an address, taken apart.
func Parse(address string) (*url.URL, error) {
	_, u, err := parse(address)
	return u, err
}

func parse(address string) (string, *url.URL, error) {
	normal := address
	if !plain(address) {
		var err error
		if normal, err = spell(address); err != nil {
			return "", nil, err
		}
	}
	u, err := url.Parse(normal)
	if err != nil || u.Hostname() == "" {
		return "", nil, ErrHostName
	}
	return normal, u, nil
}

// spell brings an address into its form. What comes of it may still be no URL.
func spell(address string) (string, error) {
	address = strings.TrimRight(address, " ")
	if !utf8.ValidString(address) || strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", ErrCharacter
	}
	scheme, rest, ok := strings.Cut(address, "://")
	if lower := strings.ToLower(scheme); !ok || lower != "http" && lower != "https" {
		return "", ErrScheme
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at, err := authority(rest[:end])
	if err != nil {
		return "", err
	}
	return strings.ToLower(scheme) + "://" + at + escaped(rest[end:]), nil
}

// authority is user, host and port.
func authority(s string) (string, error) {
	if strings.ContainsRune(s, '\\') { // browsers read a slash, and end the host there
		return "", ErrHostName
	}
	user := ""
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		user, s = escape(s[:i], "/?#[]@")+"@", s[i+1:]
	}
	name, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		name, port = s[:i], s[i:]
	}
	if name == "" {
		return "", ErrHost
	}
	if port != "" {
		if _, err := strconv.ParseUint(port[1:], 10, 32); err != nil || len(port) > len(":65535") {
			return "", ErrPort
		}
	}
	if strings.HasPrefix(name, "[") {
		return user + strings.ToLower(name) + port, nil // an IPv6 address, which url.Parse checks
	}
	for i := range len(name) {
		if name[i] < utf8.RuneSelf && !hostByte(name[i]) {
			return "", ErrHostName
		}
	}
	ascii, err := host.ToASCII(strings.ToLower(name))
	if err != nil || ascii == "" || len(ascii) > 253 {
		return "", ErrHostName
	}
	for i := range len(ascii) { // a character that looks like a slash, or a point, is mapped to one
		if !hostByte(ascii[i]) {
			return "", ErrHostName
		}
	}
	return user + ascii + port, nil
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
}

// escaped is what follows the authority. What is a URI's already stays; where anything has to be escaped, what ends a link
// in a text is escaped too: an apostrophe, parentheses and asterisks.
func escaped(s string) string {
	path, fragment, hasFragment := strings.Cut(s, "#")
	path, fragment = escape(path, "[]#"), escape(fragment, "[]#")
	result := path
	if hasFragment {
		result += "#" + fragment
	}
	if result != s {
		result = tapped.Replace(result)
	}
	return result
}

var tapped = strings.NewReplacer("'", "%27", "(", "%28", ")", "%29", "*", "%2A")

// escape percent-encodes what may not stand in a URI, and these signs.
func escape(s, also string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]),
			c != '%' && c > ' ' && c < 0x7f && !strings.ContainsRune("\"<>\\^`{|}", rune(c)) && strings.IndexByte(also, c) < 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

const hex = "0123456789ABCDEF"

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
