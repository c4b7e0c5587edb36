// Genspec reduces LINE's descriptions of its API and its webhooks to what this network uses: the calls, the messages and
// the events, with the schemas that they are made of and without their prose.
//
//	go run ./internal/genspec -in path/to/line-openapi -out testdata
//
// The input is a clone of github.com/line/line-openapi.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object is an object of a description.
type object = map[string]any

// reduction is what is kept of a file.
type reduction struct {
	in, out string
	// paths are the calls that are kept, with their methods.
	paths map[string][]string
	// kinds are what a schema that stands for several may be, by its name; all where it is not named.
	kinds map[string][]string
}

var reductions = []reduction{
	{
		in: "messaging-api.yml", out: "messaging-api.json",
		paths: map[string][]string{
			"/v2/bot/channel/webhook/endpoint":    {"get", "put"},
			"/v2/bot/channel/webhook/test":        {"post"},
			"/v2/bot/info":                        {"get"},
			"/v2/bot/message/push":                {"post"},
			"/v2/bot/message/reply":               {"post"},
			"/v2/bot/message/{messageId}/content": {"get"},
		},
		kinds: map[string][]string{
			"Message": {"text", "image", "video", "audio", "location"},
			"Action":  {"message"},
		},
	},
	{in: "webhook.yml", out: "webhook.json", paths: map[string][]string{"/callback": {"post"}}},
}

func main() {
	log.SetFlags(0)
	in := flag.String("in", "", "folder of LINE's descriptions")
	out := flag.String("out", "", "where the reduced ones go")
	flag.Parse()
	for _, r := range reductions {
		if err := r.run(*in, *out); err != nil {
			log.Fatal(err)
		}
	}
}

func (r reduction) run(in, out string) error {
	data, err := os.ReadFile(filepath.Join(in, r.in))
	if err != nil {
		return err
	}
	var doc object
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("read %s: %w", r.in, err)
	}
	paths := object{}
	for path, methods := range r.paths {
		all, ok := doc["paths"].(object)[path].(object)
		if !ok {
			return fmt.Errorf("%s: no path %s", r.in, path)
		}
		kept := object{}
		for _, method := range methods {
			if kept[method], ok = all[method]; !ok {
				return fmt.Errorf("%s: no %s %s", r.in, method, path)
			}
		}
		paths[path] = kept
	}
	all := doc["components"].(object)["schemas"].(object)
	if err := r.narrow(all); err != nil {
		return err
	}
	schemas := object{}
	for todo := references(paths); len(todo) > 0; todo = todo[1:] {
		name := strings.TrimPrefix(todo[0], "#/components/schemas/")
		if _, done := schemas[name]; done {
			continue
		}
		if schemas[name] = all[name]; schemas[name] == nil {
			return fmt.Errorf("%s: no schema %s", r.in, name)
		}
		todo = append(todo, references(schemas[name])...)
	}
	reduced := object{
		"openapi": doc["openapi"], "info": doc["info"], "paths": paths, "components": object{"schemas": schemas},
	}
	bare(reduced)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(reduced); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, r.out), b.Bytes(), 0o644)
}

// narrow leaves of what a schema may be what is used.
func (r reduction) narrow(schemas object) error {
	for name, kinds := range r.kinds {
		mapping := schemas[name].(object)["discriminator"].(object)["mapping"].(object)
		for _, kind := range kinds {
			if mapping[kind] == nil {
				return fmt.Errorf("%s: a %s is never %s", r.in, name, kind)
			}
		}
		for kind := range mapping {
			if !slices.Contains(kinds, kind) {
				delete(mapping, kind)
			}
		}
	}
	return nil
}

// references are the schemas that are named anywhere in v.
func references(v any) (names []string) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "#/components/schemas/") {
			names = append(names, v)
		}
	case []any:
		for _, e := range v {
			names = append(names, references(e)...)
		}
	case object:
		for _, e := range v {
			names = append(names, references(e)...)
		}
	}
	return names
}

// prose says nothing about what is valid.
var prose = []string{"description", "externalDocs", "example", "examples", "summary", "tags", "servers"}

// bare takes the prose out. A property may be called like it: that one is an object.
func bare(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			bare(e)
		}
	case object:
		properties, _ := v["properties"].(object)
		for _, name := range prose {
			delete(v, name)
		}
		if _, isResponse := v["content"]; isResponse && v["required"] == nil {
			v["description"] = "" // OpenAPI wants one
		}
		for _, e := range v {
			bare(e)
		}
		for _, e := range properties {
			bare(e)
		}
	}
}
