package openapi

import (
	"net/url"
	"strings"
)

// route is a method and a path with parameters, as {name}.
type route struct {
	method   string
	segments []string
}

func newRoute(method, path string) route {
	return route{method, strings.Split(strings.Trim(path, "/"), "/")}
}

// match says whether a call is this one, with its parameters, and how many segments are the same word for word.
func (r route) match(method, path string) (params map[string]string, literal int, ok bool) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if method != r.method || len(segments) != len(r.segments) {
		return nil, 0, false
	}
	params = map[string]string{}
	for i, want := range r.segments {
		got := segments[i]
		if plain, err := url.PathUnescape(got); err == nil {
			got = plain
		}
		before, rest, templated := strings.Cut(want, "{")
		name, after, closed := strings.Cut(rest, "}")
		switch {
		case !templated || !closed:
			if got != want {
				return nil, 0, false
			}
			literal++
		case len(got) <= len(before)+len(after) || !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after):
			return nil, 0, false
		default:
			params[name] = got[len(before) : len(got)-len(after)]
		}
	}
	return params, literal, true
}

// find is the operation that a call is to, the one with most words in common where there are several.
func (a *API) find(method, path string) (found operation, params map[string]string, ok bool) {
	best := -1
	for _, o := range a.operations {
		if p, literal, matches := o.route.match(method, path); matches && literal > best {
			found, params, best = o, p, literal
		}
	}
	return found, params, best >= 0
}

// elsewhere says whether a call is known not to be the API's.
func (a *API) elsewhere(method, path string) bool {
	for _, line := range a.options.Elsewhere {
		m, p, _ := strings.Cut(line, " ")
		if _, _, ok := newRoute(m, p).match(method, path); ok {
			return true
		}
	}
	return false
}
