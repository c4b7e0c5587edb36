package main

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
)

// document is a reduced description, in the order in which it is written.
type document struct {
	OpenAPI    string                    `json:"openapi"`
	Info       info                      `json:"info"`
	Security   any                       `json:"security,omitempty"`
	Paths      map[string]map[string]any `json:"paths"`
	Components map[string]map[string]any `json:"components,omitempty"`
}

type info struct {
	Title   string   `json:"title"`
	Version string   `json:"version"`
	Source  []string `json:"x-source"`
	Licence string   `json:"x-licence"`
	Note    string   `json:"x-note"`
}

type reducer struct {
	wanted, keep, drop []string
	answers            bool

	files map[string]map[string]any // by path
	names map[string]string         // of schemas that came from other files, by file and fragment
	todo  []component
	doc   *document
}

// component is a part that something refers to: where it is, and what it is called in the reduced description.
type component struct {
	file, pointer string
	section, name string
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

func (r *reducer) reduce(in []string) (*document, error) {
	r.files, r.names = map[string]map[string]any{}, map[string]string{}
	r.doc = &document{Paths: map[string]map[string]any{}, Components: map[string]map[string]any{}}
	r.doc.Info.Note = "reduced to what is used, without prose, by pkg/provider/providertest/openapi/reduce"
	found := map[string]bool{}
	for _, file := range in {
		root, err := r.open(file)
		if err != nil {
			return nil, err
		}
		about, _ := root["info"].(map[string]any)
		if r.doc.OpenAPI == "" {
			r.doc.OpenAPI, _ = root["openapi"].(string)
			r.doc.Info.Title, r.doc.Info.Version = text(about["title"]), text(about["version"])
		}
		paths, _ := root["paths"].(map[string]any)
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			if err := r.path(file, root, path, found); err != nil {
				return nil, err
			}
		}
		for _, name := range r.keep {
			if at(root, "/components/schemas/"+name) != nil {
				r.want(component{file, "/components/schemas/" + name, "schemas", name})
				found[name] = true
			}
		}
	}
	for _, name := range slices.Concat(r.wanted, r.keep) {
		if !found[name] {
			return nil, fmt.Errorf("%s: no such operation or schema", name)
		}
	}
	return r.doc, r.rest()
}

// path keeps the wanted operations of a path, with what the servers put before it.
func (r *reducer) path(file string, root map[string]any, path string, found map[string]bool) error {
	item, _ := root["paths"].(map[string]any)[path].(map[string]any)
	for _, method := range methods {
		operation, ok := item[method].(map[string]any)
		name := strings.ToUpper(method) + " " + path
		base := base(operation, item, root)
		if !ok || !slices.Contains(r.wanted, name) && !slices.Contains(r.wanted, strings.ToUpper(method)+" "+base+path) {
			continue
		}
		found[name], found[strings.ToUpper(method)+" "+base+path] = true, true
		kept := r.doc.Paths[base+path]
		if kept == nil {
			kept = map[string]any{}
			r.doc.Paths[base+path] = kept
		}
		operation = maps.Clone(operation)
		delete(operation, "servers")
		if !r.answers {
			operation["responses"] = map[string]any{"default": map[string]any{}}
		}
		if operation["security"] == nil && root["security"] != nil {
			operation["security"] = root["security"]
		}
		whole, err := r.walk(file, operation, word)
		if err != nil {
			return err
		}
		kept[method] = whole
		r.secure(file, root, operation["security"])
		if shared := item["parameters"]; shared != nil && kept["parameters"] == nil {
			if kept["parameters"], err = r.walk(file, shared, word); err != nil {
				return err
			}
		}
	}
	return nil
}

// secure keeps the schemes that a security requirement names.
func (r *reducer) secure(file string, root map[string]any, security any) {
	alternatives, _ := security.([]any)
	for _, alternative := range alternatives {
		schemes, _ := alternative.(map[string]any)
		for name := range schemes {
			if pointer := "/components/securitySchemes/" + name; at(root, pointer) != nil {
				r.want(component{file, pointer, "securitySchemes", name})
			}
		}
	}
}

// rest keeps what is referred to, until nothing is missing.
func (r *reducer) rest() error {
	for len(r.todo) > 0 {
		c := r.todo[0]
		r.todo = r.todo[1:]
		section := r.doc.Components[c.section]
		if section == nil {
			section = map[string]any{}
			r.doc.Components[c.section] = section
		}
		if section[c.name] != nil {
			continue
		}
		root, err := r.open(c.file)
		if err != nil {
			return err
		}
		value := at(root, c.pointer)
		if value == nil {
			return fmt.Errorf("%s: nothing at %s", c.file, c.pointer)
		}
		section[c.name] = map[string]any{} // it may refer to itself
		if section[c.name], err = r.walk(c.file, value, sectionKind(c.section)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reducer) want(c component) { r.todo = append(r.todo, c) }

func (r *reducer) open(file string) (map[string]any, error) {
	file = filepath.Clean(file)
	if root := r.files[file]; root != nil {
		return root, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	root, err := openapi.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	r.files[file] = root
	return root, nil
}

// base is what the first server puts before a path.
func base(described ...map[string]any) string {
	for _, d := range described {
		servers, _ := d["servers"].([]any)
		if len(servers) == 0 {
			continue
		}
		server, _ := servers[0].(map[string]any)
		address := text(server["url"])
		variables, _ := server["variables"].(map[string]any)
		for name, v := range variables {
			v, _ := v.(map[string]any)
			address = strings.ReplaceAll(address, "{"+name+"}", text(v["default"]))
		}
		if u, err := url.Parse(address); err == nil {
			return strings.TrimSuffix(u.Path, "/")
		}
	}
	return ""
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// at is the value that a JSON pointer names, nil for none.
func at(v any, pointer string) any {
	for _, key := range strings.Split(strings.Trim(pointer, "/"), "/") {
		if key == "" {
			continue
		}
		key = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
		if plain, err := url.PathUnescape(key); err == nil {
			key = plain
		}
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}
