package signed

import (
	"net/url"
	"strings"
)

// URLForm says how a network writes the URL into the signed text. If that is not known, each way is tried. A forged call costs one hash
// for each way.
type URLForm string

// The forms.
const (
	AsCalled    URLForm = "as_called"    // byte for byte
	AnyPort     URLForm = "any_port"     // with its port or without: 2 ways
	AnySpelling URLForm = "any_spelling" // the same, and the query's apostrophes and the like escaped or not: 6 ways
)

// variants is in how many ways a URL may have been written.
func (f URLForm) variants() int {
	switch f {
	case AnyPort:
		return 2
	case AnySpelling:
		return 6
	}
	return 1
}

// of is the URL in one of its variants, the rest of it as it was written; "" for what is no URL, and for a variant that
// is no other one.
func (f URLForm) of(called string, variant int) string {
	if f == AsCalled || called == "" {
		return called
	}
	if called = respell(called, variant/2); called == "" {
		return ""
	}
	u, err := url.Parse(called)
	scheme, rest, ok := strings.Cut(called, "://")
	if err != nil || !ok {
		return ""
	}
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	rest = rest[len(host):]
	port := u.Port()
	bare := strings.TrimSuffix(host, ":"+port)
	if variant%2 == 1 {
		return scheme + "://" + bare + rest
	}
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return scheme + "://" + bare + ":" + port + rest
}

// Characters of a query that some programs escape and others do not, with the same meaning.
var (
	plain   = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2a", "*", "%7E", "~", "%7e", "~")
	escaped = strings.NewReplacer("'", "%27")
)

// respell is the URL as it is (0), with the query's characters plain (1), with its apostrophes escaped (2); "" where that
// changes nothing.
func respell(called string, spelling int) string {
	if spelling == 0 {
		return called
	}
	address, query, _ := strings.Cut(called, "?")
	other := plain.Replace(query)
	if spelling == 2 {
		other = escaped.Replace(query)
	}
	if other == query {
		return ""
	}
	return address + "?" + other
}
