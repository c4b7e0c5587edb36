package ledger

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// farHost is what the bridge is told that the far ends are: it gets there by a proxy only, and to that a process shows
// who it is with every call.
const farHost = "far-ends.example"

// asProxy is the environment of a process that calls through the far ends under its own name.
func asProxy(environ []string, address, name string) []string {
	proxy := url.URL{Scheme: "http", User: url.UserPassword(name, "-"), Host: address}
	environ = slices.DeleteFunc(environ, func(v string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(v), "=")
		return name == "HTTP_PROXY" || name == "NO_PROXY" || name == "REQUEST_METHOD" // with the last, Go believes in no proxy
	})
	return append(environ, "HTTP_PROXY="+proxy.String())
}

// origin is the process that made a call.
func origin(r *http.Request) string {
	shown := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	name, _, _ := shown.BasicAuth()
	return name
}
