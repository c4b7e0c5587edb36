package farends

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Host is what the bridge is told that the far ends are: it gets there by a proxy only, and to that a process shows
// who it is with every call.
const Host = "far-ends.example"

// Environ is the environment of a process that calls through the far ends at this address, under its own name.
func Environ(environ []string, address, name string) []string {
	proxy := url.URL{Scheme: "http", User: url.UserPassword(name, "-"), Host: address}
	environ = slices.DeleteFunc(environ, func(v string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(v), "=")
		return name == "HTTP_PROXY" || name == "NO_PROXY" || name == "REQUEST_METHOD" // with the last, Go believes in no proxy
	})
	return append(environ, "HTTP_PROXY="+proxy.String())
}

// Token is a channel's API token; nothing here is worth a secret.
func Token(channel string) string { return "token-of-" + channel }

// origin is the process that made a call.
func origin(r *http.Request) string {
	shown := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	name, _, _ := shown.BasicAuth()
	return name
}
