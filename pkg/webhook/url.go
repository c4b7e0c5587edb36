package webhook

import (
	"net/url"
	"strings"
)

// URLForm is how a URL stands in a signed text.
type URLForm string

// The forms.
const (
	AsCalled URLForm = "as_called"
	AnyPort  URLForm = "any_port"
)

// of is the URL in one of its variants, the rest of it as it was written; "" for what is no URL.
func (f URLForm) of(called string, variant int) string {
	if f == AsCalled || called == "" {
		return called
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
	if variant == 1 {
		return scheme + "://" + bare + rest
	}
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return scheme + "://" + bare + ":" + port + rest
}
