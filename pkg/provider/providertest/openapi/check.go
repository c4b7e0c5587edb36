package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// Check names the operation that a request is to, "" for one that goes elsewhere, and says what is wrong with it.
func (a *API) Check(r conversation.Request) (string, error) {
	method, target, header := r.Call()
	path, rawQuery, _ := strings.Cut(target, "?")
	o, params, ok := a.find(method, path)
	if !ok {
		if a.elsewhere(method, path) {
			return "", nil
		}
		return "", fmt.Errorf("%s %s is not in the description", method, path)
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return o.name, errors.New("the query cannot be read")
	}
	return o.name, errors.Join(a.params(o, params, query, header), a.secured(o, query, header), a.body(o, header, r.Body))
}

// placeholder is what stands for a secret: nothing can be said of its form.
var placeholder = regexp.MustCompile(`<[a-z_]+>`)

func (a *API) params(o operation, path map[string]string, query url.Values, header http.Header) error {
	var errs []error
	for _, p := range o.params {
		var values []string
		switch p.Value.In {
		case openapi3.ParameterInPath:
			values = []string{path[p.Value.Name]}
		case openapi3.ParameterInQuery:
			values = query[p.Value.Name]
			query.Del(p.Value.Name)
		case openapi3.ParameterInHeader:
			if n := http.CanonicalHeaderKey(p.Value.Name); n == "Accept" || n == "Content-Type" || n == "Authorization" || n == "User-Agent" {
				continue // they have rules of their own in OpenAPI, and none here
			}
			values = header.Values(p.Value.Name)
		default:
			continue
		}
		switch {
		case len(values) == 0 && p.Value.Required:
			errs = append(errs, fmt.Errorf("%s %s: is required", p.Value.In, p.Value.Name))
		case len(values) == 0 || p.Value.Schema == nil || placeholder.MatchString(strings.Join(values, "")):
		default:
			if err := a.value(p.Value.Schema.Value, coerce(p.Value.Schema.Value, values)); err != nil {
				errs = append(errs, fmt.Errorf("%s %s: %w", p.Value.In, p.Value.Name, err))
			}
		}
	}
	if a.options.Strict {
		for _, s := range a.keys(o) {
			query.Del(s.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(query)) {
			errs = append(errs, fmt.Errorf("query %s: unknown", name))
		}
	}
	return errors.Join(errs...)
}

// value judges a value. What a validator prints of schema and value besides is left out.
func (a *API) value(s *openapi3.Schema, v any) error {
	err := s.VisitJSON(v, a.validation...)
	if err == nil {
		return nil
	}
	what, _, _ := strings.Cut(err.Error(), "\nSchema:")
	return errors.New(what)
}

// secured says whether a request carries the credentials that the operation asks for, in whatever form.
func (a *API) secured(o operation, query url.Values, header http.Header) error {
	required := a.required(o)
	if len(required) == 0 {
		return nil
	}
	for _, requirement := range required {
		met := true
		for name := range requirement {
			met = met && a.credential(name, query, header)
		}
		if met {
			return nil
		}
	}
	return errors.New("carries none of the credentials that the description asks for")
}

func (a *API) required(o operation) openapi3.SecurityRequirements {
	if o.described.Security != nil {
		return *o.described.Security
	}
	return a.doc.Security
}

func (a *API) credential(name string, query url.Values, header http.Header) bool {
	scheme := a.scheme(name)
	if scheme == nil {
		return false
	}
	word, _, _ := strings.Cut(header.Get("Authorization"), " ")
	switch scheme.Type {
	case "apiKey":
		return scheme.In == openapi3.ParameterInHeader && header.Get(scheme.Name) != "" ||
			scheme.In == openapi3.ParameterInQuery && query.Has(scheme.Name)
	case "http":
		return strings.EqualFold(word, scheme.Scheme)
	case "oauth2", "openIdConnect":
		return strings.EqualFold(word, "bearer")
	default:
		return true
	}
}

func (a *API) scheme(name string) *openapi3.SecurityScheme {
	if a.doc.Components == nil || a.doc.Components.SecuritySchemes[name] == nil {
		return nil
	}
	return a.doc.Components.SecuritySchemes[name].Value
}

// keys are the credentials of an operation that stand in its query.
func (a *API) keys(o operation) (keys []*openapi3.SecurityScheme) {
	for _, requirement := range a.required(o) {
		for name := range requirement {
			if s := a.scheme(name); s != nil && s.Type == "apiKey" && s.In == openapi3.ParameterInQuery {
				keys = append(keys, s)
			}
		}
	}
	return keys
}

func (a *API) body(o operation, header http.Header, body string) error {
	if o.described.RequestBody == nil {
		if body != "" {
			return errors.New("the operation takes no body")
		}
		return nil
	}
	described := o.described.RequestBody.Value
	if body == "" {
		if described.Required {
			return errors.New("the body is required")
		}
		return nil
	}
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	content := described.Content.Get(media)
	switch {
	case content == nil:
		return fmt.Errorf("a body of type %q is not in the description", media)
	case content.Schema == nil:
		return nil
	}
	var v any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(body, "<server>", "https://server.example")), &v); err != nil {
		if strings.HasSuffix(media, "json") {
			return errors.New("the body is no JSON")
		}
		return nil // bytes
	}
	if media == "application/x-www-form-urlencoded" || media == "multipart/form-data" {
		v = form(content.Schema.Value, v)
	}
	if err := a.value(content.Schema.Value, v); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return nil
}
