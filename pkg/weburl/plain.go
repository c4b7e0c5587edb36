package weburl

import "strings"

// plain says that an address is in its form already, as those of networks and of the platform are that are called for each message: it
// says so of the most of them, and of no other. To look the name up in IDNA's tables takes ten times as long.
func plain(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(address, "http://")
	}
	if !ok {
		return false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	name, port, found := strings.Cut(rest[:end], ":")
	return plainName(name) && (!found || plainPort(port)) && plainPath(rest[end:])
}

// plainName says that a host is letters and digits, with single points and hyphens between them: then it is no Punycode and no label
// is empty.
func plainName(s string) bool {
	between := true // what stands before is no letter and no digit
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			between = false
		case (c == '.' || c == '-') && !between:
			between = true
		default:
			return false
		}
	}
	return !between && len(s) <= 253
}

func plainPort(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= len("65535")
}

// plainPath says that a path and a query hold nothing that would be escaped.
func plainPath(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/-_.~:=&?+,;@!$", c) >= 0) {
			return false
		}
	}
	return true
}
