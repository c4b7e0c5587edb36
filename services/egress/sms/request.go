package sms

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/services/egress/sms/internal/template"
)

// The fields of templates, by where they may stand: a text is no part of a path or a header.
var (
	outside = []string{"to", "to_digits", "from", "from_digits", "id", "user", "password", "key"}
	inside  = append(slices.Clone(outside), "text", "encoding", "receipts")
)

// request is how a message is sent, its templates read.
type request struct {
	method string
	base   string // scheme and host
	path   template.Template
	query  []pair
	basic  []pair // the user and the password, or none
	header []pair
	form   []pair
	json   any // with templates in place of texts; nil for none
}

// pair is a name and its value.
type pair struct {
	name  string
	value template.Template
}

var (
	methods    = []string{http.MethodPost, http.MethodGet, http.MethodPut, http.MethodPatch}
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

// compile reads the templates. The error joins all mistakes, each with the field that it is in; none holds a value.
func (s Send) compile() (*request, error) {
	r := &request{method: s.Method}
	var errs []error
	parse := func(field, text string, fields []string) template.Template {
		t, err := template.Parse(text, fields...)
		if err != nil {
			errs = append(errs, fmt.Errorf("send.%s: %w", field, err))
		}
		return t
	}
	pairs := func(field string, values map[string]string, fields []string) (out []pair) {
		for i, name := range slices.Sorted(maps.Keys(values)) {
			if strings.ContainsAny(name, "{}") {
				errs = append(errs, fmt.Errorf("send.%s: the name of entry %d holds a field, and only values do", field, i+1))
			}
			out = append(out, pair{name, parse(fmt.Sprintf("%s, entry %d", field, i+1), values[name], fields)})
		}
		return out
	}
	if r.method == "" {
		r.method = http.MethodPost
	}
	if !slices.Contains(methods, r.method) {
		errs = append(errs, errors.New("send.method: must be POST, GET, PUT or PATCH"))
	}
	base, path, query, err := split(s.URL)
	if err != nil {
		errs = append(errs, err)
	}
	r.base = base
	if r.path, err = template.Parse(path, outside...); err != nil {
		if m, ok := errors.AsType[*template.Mistake](err); ok {
			m.Position += len([]rune(base)) // in the setting, not in the path
		}
		errs = append(errs, fmt.Errorf("send.url: %w", err))
	}
	for i, one := range query {
		r.query = append(r.query, pair{one[0], parse(fmt.Sprintf("url, parameter %d", i+1), one[1], inside)})
	}
	if s.Basic != nil {
		r.basic = []pair{{"user", parse("basic.user", s.Basic.User, outside)}, {"password", parse("basic.password", s.Basic.Password, outside)}}
	}
	r.header = pairs("headers", s.Headers, outside)
	for _, h := range r.header {
		literal := s.Headers[h.name]
		if !headerName.MatchString(h.name) || strings.ContainsFunc(literal, control) {
			errs = append(errs, errors.New("send.headers: a name must be letters, digits and -, and a value holds no line break"))
		}
	}
	r.form = pairs("form", s.Form, inside)
	if len(s.JSON) > 0 {
		if len(s.Form) > 0 {
			errs = append(errs, errors.New("send.json: there is a form too, and a request has one body"))
		}
		r.json = leaves("json", decoded(s.JSON), parse)
	}
	if r.method == http.MethodGet && (len(s.Form) > 0 || len(s.JSON) > 0) {
		errs = append(errs, errors.New("send.method: GET has no body"))
	}
	if !slices.Contains(r.fields(), "text") || !slices.Contains(r.fields(), "to") && !slices.Contains(r.fields(), "to_digits") {
		errs = append(errs, errors.New("send: {text} stands nowhere, or {to} and {to_digits} do not"))
	}
	if slices.Contains(r.fields(), "encoding") && s.Encoding == nil {
		errs = append(errs, errors.New("send.encoding: is required, since {encoding} is used"))
	}
	return r, errors.Join(errs...)
}

// split takes a URL apart: what is before the path holds no field, so that nothing that is configured or written leads to
// another host. Without a host it begins with a slash, and the account's api has it.
func split(text string) (base, path string, query [][2]string, err error) {
	bad := func(what string) (string, string, [][2]string, error) {
		return "", "", nil, errors.New("send.url: " + what)
	}
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok && !strings.HasPrefix(text, "/") {
		host := after
		rest = "/"
		if i := strings.IndexAny(after, "/?#"); i >= 0 {
			host, rest = after[:i], after[i:]
		}
		if strings.ContainsAny(host, "{}") || strings.ContainsAny(scheme, "{}") {
			return bad("a field cannot stand in the host: it is at position " + fmt.Sprint(strings.IndexAny(text, "{}")+1))
		}
		u, err := url.Parse(scheme + "://" + host)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
			return bad("must be http or https, a host, and no user")
		}
		base = scheme + "://" + host
	}
	if strings.ContainsAny(rest, "#") || strings.ContainsFunc(rest, control) || strings.Contains(rest, " ") {
		return bad("holds a #, a blank or a line break")
	}
	path, parameters, has := strings.Cut(rest, "?")
	if path == "" {
		path = "/"
	}
	if !strings.HasPrefix(path, "/") {
		return bad("must begin with https:// or a slash")
	}
	if has {
		for _, parameter := range strings.Split(parameters, "&") {
			name, value, ok := strings.Cut(parameter, "=")
			if plain, err := url.QueryUnescape(name); !ok || err != nil || plain == "" || strings.ContainsAny(name, "{}") {
				return bad("each parameter must be a name, = and a value, and a name holds no field")
			}
			query = append(query, [2]string{name, value})
		}
	}
	return base, path, query, nil
}

// control says that a character ends a header.
func control(r rune) bool { return r < ' ' || r == 0x7f }

// leaves reads the texts of a JSON value as templates, in a copy of it.
func leaves(at string, v any, parse func(field, text string, fields []string) template.Template) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for i, name := range slices.Sorted(maps.Keys(v)) {
			out[name] = leaves(fmt.Sprintf("%s, entry %d", at, i+1), v[name], parse)
		}
		return out
	case []any:
		var out []any
		for i, one := range v {
			out = append(out, leaves(fmt.Sprintf("%s, element %d", at, i+1), one, parse))
		}
		return out
	case string:
		return parse(at, v, inside)
	default:
		return v
	}
}

// fields are the names of all fields that the request has.
func (r *request) fields() (names []string) {
	names = r.path.Fields()
	for _, p := range slices.Concat(r.query, r.basic, r.header, r.form) {
		names = append(names, p.value.Fields()...)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
		case []any:
			for _, one := range v {
				walk(one)
			}
		case template.Template:
			names = append(names, v.Fields()...)
		}
	}
	walk(r.json)
	return names
}

// basicOf is the value of an Authorization header.
func basicOf(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
