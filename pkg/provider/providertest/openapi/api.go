package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// Options are how a description is read.
type Options struct {
	// Strict refuses what the description does not name: fields, parameters. Most servers ignore those, so a misspelt one
	// is found nowhere else. Leave it off where the vendor's description itself leaves out what its documentation has.
	Strict bool
	// Base is what paths begin with, where the description's servers do not say so.
	Base string
	// Elsewhere are requests that go elsewhere than to the API, such as "GET /files/{id}".
	Elsewhere []string
	// Unused are operations that no conversation has to call, such as "GET /account". A description that is reduced to
	// what is used needs none.
	Unused []string
}

// API is a description that was read. It is safe for concurrent use.
type API struct {
	doc        *openapi3.T
	options    Options
	operations []operation
	validation []openapi3.SchemaValidationOption
}

// operation is one method of one path.
type operation struct {
	// name is "POST /path", as the description has it.
	name      string
	route     route
	described *openapi3.Operation
	params    openapi3.Parameters
}

// Read reads a committed description. One that is not there fails the test.
func Read(t testing.TB, file string, o Options) *API {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the vendor's description: %v", err)
	}
	a, err := Load(data, o)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return a
}

// Load reads a description.
func Load(data []byte, o Options) (*API, error) {
	doc, err := load(data, o.Strict)
	if err != nil {
		return nil, err
	}
	a := &API{doc: doc, options: o}
	if doc.IsOpenAPI31OrLater() {
		a.validation = append(a.validation, openapi3.EnableJSONSchema2020())
	}
	for path, item := range doc.Paths.Map() {
		for method, described := range item.Operations() {
			for _, base := range bases(o.Base, doc, item, described) {
				a.operations = append(a.operations, operation{
					name: method + " " + path, route: newRoute(method, base+path), described: described,
					params: parameters(item, described),
				})
			}
		}
	}
	if len(a.operations) == 0 {
		return nil, errors.New("describes no operation")
	}
	slices.SortFunc(a.operations, func(a, b operation) int { return strings.Compare(a.name, b.name) })
	return a, nil
}

func load(data []byte, strict bool) (*openapi3.T, error) {
	root, err := Parse(data)
	if err != nil {
		return nil, err
	}
	normal := normalize(root, strict)
	if data, err = json.Marshal(normal); err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background(), openapi3.DisableExamplesValidation(), openapi3.AllowExtraSiblingFields("description", "summary"))
}

// Parse reads a description, in JSON or YAML, as the values of encoding/json, and makes OpenAPI 3 of Swagger 2.
func Parse(data []byte) (map[string]any, error) {
	var v any
	if json.Unmarshal(data, &v) != nil {
		if err := yaml.Unmarshal(data, &v); err != nil {
			return nil, err
		}
	}
	root, ok := plain(v).(map[string]any)
	if !ok {
		return nil, errors.New("is no object")
	}
	if root["swagger"] != nil {
		return convert(root)
	}
	return root, nil
}

// plain makes every key a text: YAML has numbers for statuses.
func plain(v any) any {
	switch v := v.(type) {
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[fmt.Sprint(key)] = plain(value)
		}
		return out
	case map[string]any:
		for key, value := range v {
			v[key] = plain(value)
		}
	case []any:
		for i, value := range v {
			v[i] = plain(value)
		}
	}
	return v
}

// convert makes OpenAPI 3 of Swagger 2.
func convert(root map[string]any) (map[string]any, error) {
	data, err := json.Marshal(loosen(root))
	if err != nil {
		return nil, err
	}
	var old openapi2.T
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, err
	}
	doc, err := openapi2conv.ToV3(&old)
	if err != nil {
		return nil, err
	}
	if data, err = json.Marshal(doc); err != nil {
		return nil, err
	}
	return Parse(data)
}

// loosen takes a list of schemas for the items of an array, which Swagger does not know, to mean anything (Slack).
func loosen(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if _, several := value.([]any); several && key == "items" {
				value = map[string]any{}
			}
			v[key] = loosen(value)
		}
	case []any:
		for i, value := range v {
			v[i] = loosen(value)
		}
	}
	return v
}

// bases are what the servers' addresses put before a path.
func bases(given string, doc *openapi3.T, item *openapi3.PathItem, o *openapi3.Operation) []string {
	if given != "" {
		return []string{strings.TrimSuffix(given, "/")}
	}
	servers := doc.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if o.Servers != nil && len(*o.Servers) > 0 {
		servers = *o.Servers
	}
	found := map[string]bool{}
	for _, s := range servers {
		address := s.URL
		for name, v := range s.Variables {
			address = strings.ReplaceAll(address, "{"+name+"}", v.Default)
		}
		if u, err := url.Parse(address); err == nil {
			found[strings.TrimSuffix(u.Path, "/")] = true
		}
	}
	if len(found) == 0 {
		found[""] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// parameters are those of the path and of the operation, which wins.
func parameters(item *openapi3.PathItem, o *openapi3.Operation) openapi3.Parameters {
	all := slices.Clone(o.Parameters)
	for _, p := range item.Parameters {
		if p.Value != nil && o.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == nil {
			all = append(all, p)
		}
	}
	return all
}

// Operations are the names of those that conversations have to call.
func (a *API) Operations() []string {
	names := map[string]bool{}
	for _, o := range a.operations {
		if !slices.Contains(a.options.Unused, o.name) {
			names[o.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Schema judges a value, given as JSON, by a schema of the description: a vendor's sample, or a webhook's body.
func (a *API) Schema(name string, data []byte) error {
	ref := a.doc.Components.Schemas[name]
	if ref == nil {
		return fmt.Errorf("schema %s is not in the description", name)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("read a %s: %w", name, err)
	}
	return a.value(ref.Value, v)
}
