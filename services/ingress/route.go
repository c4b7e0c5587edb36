package ingress

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/services/ingress/answer"
)

// The paths that are served. A name in braces stands for one segment; "..." is the rest of the path, which may be
// empty.
const (
	messagePath        = "/message"
	channelMessagePath = "/channels/{channel}/message"
	webhookPath        = "/webhooks/{network}/{channel}/{suffix...}"
	mediaPath          = "/media/{id}"
)

// Routes are the paths that are served.
func Routes() []string { return []string{messagePath, channelMessagePath, webhookPath, mediaPath} }

// route is one path and what serves it.
type route struct {
	segments []string
	rest     string   // the name of what may follow, "" for nothing
	methods  []string // that it takes; nil for all
	serve    http.HandlerFunc
}

func newRoute(path string, serve http.HandlerFunc, methods ...string) route {
	r := route{segments: strings.Split(strings.Trim(path, "/"), "/"), serve: serve, methods: methods}
	if last := len(r.segments) - 1; strings.HasSuffix(r.segments[last], "...}") {
		r.rest = strings.TrimSuffix(name(r.segments[last]), "...")
		r.segments = r.segments[:last]
	}
	return r
}

// name is that of a segment in braces, "" for another.
func name(segment string) string {
	if strings.HasPrefix(segment, "{") {
		return strings.Trim(segment, "{}")
	}
	return ""
}

// serveRoute serves a request by its path. Slashes may be doubled or end the path, since the base URL that a caller puts
// before it may end with one. Nothing is redirected: a redirected POST arrives as a GET without its body.
func (in *Ingress) serveRoute(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	for _, route := range in.routes {
		if !route.match(r, path) {
			continue
		}
		if route.methods != nil && !slices.Contains(route.methods, r.Method) {
			answer.NotAllowed(w, route.methods)
			return
		}
		route.serve(w, r)
		return
	}
	answer.Refuse(w, http.StatusNotFound, "not found")
}

// match says whether the route is that of an escaped path, and gives the request the path's values. What follows stays
// escaped as it came, with one leading slash.
func (t route) match(r *http.Request, path string) bool {
	segments, rest := cut(path, len(t.segments))
	if len(segments) != len(t.segments) || t.rest == "" && strings.Trim(rest, "/") != "" {
		return false
	}
	for i, segment := range segments {
		value, err := url.PathUnescape(segment)
		if err != nil || name(t.segments[i]) == "" && value != t.segments[i] {
			return false
		}
		segments[i] = value
	}
	for i, value := range segments {
		if key := name(t.segments[i]); key != "" {
			r.SetPathValue(key, value)
		}
	}
	if t.rest != "" && rest != "" {
		r.SetPathValue(t.rest, "/"+strings.TrimLeft(rest, "/"))
	}
	return true
}

// cut takes the first n segments that are not empty from a path, or as many as there are. The rest begins with a slash,
// if anything is left.
func cut(path string, n int) (segments []string, rest string) {
	for rest = path; len(segments) < n; {
		rest = strings.TrimLeft(rest, "/")
		if rest == "" {
			break
		}
		end := strings.IndexByte(rest, '/')
		if end < 0 {
			end = len(rest)
		}
		segments, rest = append(segments, rest[:end]), rest[end:]
	}
	return segments, rest
}
