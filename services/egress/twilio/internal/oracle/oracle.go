// Package oracle judges calls of Twilio's REST API, and answers to them, by the vendor's description of it. It knows
// shapes, not behaviour: lengths of texts, and what depends on a sender, are not described.
package oracle

//go:generate go run ../genspec -in $TWILIO_API_JSON -out openapi.json

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

//go:embed openapi.json
var openapi []byte

// Oracle is a description of the API.
type Oracle struct {
	doc    *openapi3.T
	routes []route
}

type route struct {
	pattern *regexp.Regexp
	names   []string
	path    string
	item    *openapi3.PathItem
}

// ErrUnknown is a call that is not described.
var ErrUnknown = errors.New("no such call is described")

// New reads the committed description.
func New() *Oracle {
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err)) // it was committed broken
	}
	o := &Oracle{doc: doc}
	for _, path := range doc.Paths.InMatchingOrder() {
		o.routes = append(o.routes, compile(path, doc.Paths.Value(path)))
	}
	return o
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

func compile(path string, item *openapi3.PathItem) route {
	r := route{path: path, item: item}
	pattern := "^"
	for rest := path; rest != ""; {
		at := parameter.FindStringSubmatchIndex(rest)
		if at == nil {
			pattern += regexp.QuoteMeta(rest)
			break
		}
		pattern += regexp.QuoteMeta(rest[:at[0]]) + `([^/.]+)`
		r.names = append(r.names, rest[at[2]:at[3]])
		rest = rest[at[1]:]
	}
	r.pattern = regexp.MustCompile(pattern + "$")
	return r
}

// find is the call that a method and a path are.
func (o *Oracle) find(method, path string) (*routers.Route, map[string]string, error) {
	for _, r := range o.routes {
		m := r.pattern.FindStringSubmatch(path)
		operation := r.item.GetOperation(method)
		if m == nil || operation == nil {
			continue
		}
		params := map[string]string{}
		for i, name := range r.names {
			params[name] = m[i+1]
		}
		return &routers.Route{Spec: o.doc, Path: r.path, PathItem: r.item, Method: method, Operation: operation}, params, nil
	}
	return nil, nil, ErrUnknown
}

// Request says what is wrong with a call. Its body is read, and can be read again.
func (o *Oracle) Request(ctx context.Context, r *http.Request) error {
	in, err := o.input(r)
	if err != nil {
		return err
	}
	for name := range r.URL.Query() {
		if in.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("query parameter %s is not described", name)
		}
	}
	if err := form(r, in.Route.Operation); err != nil {
		return err
	}
	return openapi3filter.ValidateRequest(ctx, in)
}

// form refuses what the validator passes over: parameters of a form that are not described, and several values of one.
func form(r *http.Request, operation *openapi3.Operation) error {
	if operation.RequestBody == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return err
	}
	media := operation.RequestBody.Value.Content["application/x-www-form-urlencoded"]
	for name, all := range values {
		described := media.Schema.Value.Properties[name]
		switch {
		case described == nil:
			return fmt.Errorf("parameter %s is not described", name)
		case len(all) > 1 && !described.Value.Type.Is("array"):
			return fmt.Errorf("parameter %s has %d values", name, len(all))
		}
	}
	return nil
}

// Answer says what is wrong with what a call was answered.
func (o *Oracle) Answer(ctx context.Context, r *http.Request, status int, body []byte) error {
	in, err := o.input(r)
	if err != nil {
		return err
	}
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

func (o *Oracle) input(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := o.find(r.Method, r.URL.Path)
	if err != nil {
		return nil, err
	}
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}, nil
}

// Form makes the call of a form that is shown as JSON: texts, and lists of them.
func Form(method, target string, shown []byte) (*http.Request, error) {
	values := url.Values{}
	if len(shown) > 0 {
		var all map[string]any
		if err := json.Unmarshal(shown, &all); err != nil {
			return nil, err
		}
		for name, v := range all {
			switch v := v.(type) {
			case string:
				values.Add(name, v)
			case []any:
				for _, one := range v {
					values.Add(name, fmt.Sprint(one))
				}
			default:
				return nil, fmt.Errorf("%s is %T", name, v)
			}
		}
	}
	r, err := http.NewRequest(method, "https://api.twilio.com"+target, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	if len(values) > 0 {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r, nil
}

// Samples are the vendor's own answers to a call, by name.
func (o *Oracle) Samples(method, path string) (map[string]json.RawMessage, error) {
	route, _, err := o.find(method, path)
	if err != nil {
		return nil, err
	}
	out := map[string]json.RawMessage{}
	for _, response := range route.Operation.Responses.Map() {
		for _, media := range response.Value.Content {
			for name, example := range media.Examples {
				data, err := json.Marshal(example.Value.Value)
				if err != nil {
					return nil, err
				}
				out[name] = data
			}
		}
	}
	return out, nil
}

// Enum are the values of a schema that is a list of them, in order.
func (o *Oracle) Enum(schema string) []string {
	ref := o.doc.Components.Schemas[schema]
	if ref == nil {
		return nil
	}
	var out []string
	for _, v := range ref.Value.Enum {
		out = append(out, fmt.Sprint(v))
	}
	slices.Sort(out)
	return out
}
