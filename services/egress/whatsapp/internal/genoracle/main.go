// Genoracle reduces Meta's description of the Cloud API to the calls that the WhatsApp network makes, and to the sample
// webhook calls in it.
//
//	go run ./internal/genoracle -in business-messaging-api_v23.0.yaml -out internal/oracle/openapi.json
//
// The input is that of github.com/facebook/openapi (MIT) at commit ecba623b4aba6ae770185b074ed77ed5acef22f7. What is
// changed on the way:
//
//   - allOf of a base and a part with additionalProperties: false, which together admit nothing, becomes one object;
//   - discriminators, examples and words are left out, the version is 3.0 for readers of today;
//   - what Meta documents and the description does not know is added, see extensions.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// operations are the calls that are made, by path and method.
var operations = map[string][]string{
	"/{Version}/{Phone-Number-ID}/messages": {"post"},
	"/{Version}/{Phone-Number-ID}":          {"get", "post"},
	"/{Version}/{Media-ID}":                 {"get"},
	"/{Version}/{WABA-ID}/subscribed_apps":  {"get", "post"},
}

const webhooks = "/whatsapp/webhooks"

type object = map[string]any

func main() {
	log.SetFlags(0)
	in := flag.String("in", "", "Meta's description")
	out := flag.String("out", "", "where the reduced one goes")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		log.Fatal(err)
	}
}

func run(in, out string) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var api object
	if err := yaml.Unmarshal(data, &api); err != nil {
		return fmt.Errorf("read %s: %w", in, err)
	}
	reduced, err := reduce(api)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(reduced, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(text, '\n'), 0o644)
}

func reduce(api object) (object, error) {
	r := reducer{schemas: dig(api, "components", "schemas"), parameters: dig(api, "components", "parameters"), out: object{}}
	paths := object{}
	samples := object{}
	for path, methods := range operations {
		item := dig(api, "paths", path)
		reduced := object{}
		for _, method := range methods {
			op := dig(item, method)
			if len(op) == 0 {
				return nil, fmt.Errorf("%s %s is not in the description", method, path)
			}
			reduced[method] = object{
				"operationId": op["operationId"], "parameters": r.params(append(list(item["parameters"]), list(op["parameters"])...)),
				"responses": object{"200": object{"description": "success"}},
			}
			if body := dig(op, "requestBody", "content", "application/json"); len(body) > 0 {
				reduced[method].(object)["requestBody"] = object{"content": object{"application/json": object{"schema": r.schema(body["schema"])}}}
				samples[method+" "+path] = values(body["examples"])
			}
		}
		paths[path] = reduced
	}
	samples["webhooks"] = values(dig(api, "paths", webhooks, "post", "requestBody", "content", "application/json")["examples"])
	return object{
		"openapi": "3.0.3",
		"info": object{
			"title":   "WhatsApp Cloud API, reduced by genoracle",
			"version": fmt.Sprint(dig(api, "info")["version"]),
			"license": object{"name": "MIT, Copyright (c) Meta Platforms, Inc. and affiliates", "url": "https://github.com/facebook/openapi/blob/main/LICENSE"},
			"x-source": "https://github.com/facebook/openapi business-messaging-api_v23.0.yaml " +
				"at commit ecba623b4aba6ae770185b074ed77ed5acef22f7",
		},
		"paths": paths, "components": object{"schemas": r.out}, "x-samples": samples,
	}, nil
}

// reducer copies what is referred to.
type reducer struct {
	schemas, parameters, out object
}

// params are the parameters of an operation, those of the path once.
func (r *reducer) params(all []any) []any {
	var out []any
	seen := map[string]bool{}
	for _, p := range all {
		p := p.(object)
		if ref, ok := p["$ref"].(string); ok {
			p = dig(r.parameters, ref[strings.LastIndex(ref, "/")+1:])
		}
		if key := fmt.Sprint(p["in"], p["name"]); p["in"] != "header" && !seen[key] {
			seen[key] = true
			required, _ := p["required"].(bool)
			out = append(out, object{"name": p["name"], "in": p["in"], "required": required, "schema": r.schema(p["schema"])})
		}
	}
	return out
}

// kept are the keywords that say what is valid.
var kept = []string{
	"type", "enum", "required", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "pattern", "additionalProperties", "nullable",
}

func (r *reducer) schema(v any) any {
	s, ok := v.(object)
	if !ok {
		return v
	}
	if ref, ok := s["$ref"].(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		if _, done := r.out[name]; !done {
			r.out[name] = nil // a schema may refer to itself
			r.out[name] = r.schema(extended(name, dig(r.schemas, name)))
		}
		return object{"$ref": "#/components/schemas/" + name}
	}
	if all := list(s["allOf"]); len(all) > 0 {
		return r.schema(r.merged(all))
	}
	out := object{}
	for _, key := range kept {
		if value, ok := s[key]; ok {
			out[key] = value
		}
	}
	if of := dig(s, "properties"); len(of) > 0 {
		properties := object{}
		for _, name := range slices.Sorted(maps.Keys(of)) {
			properties[name] = r.schema(of[name])
		}
		out["properties"] = properties
	}
	if s["items"] != nil {
		out["items"] = r.schema(s["items"])
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, one := range list(s[key]) {
			out[key] = append(list(out[key]), r.schema(one))
		}
	}
	return out
}

// merged is one object in place of several that all must hold.
func (r *reducer) merged(all []any) object {
	out := object{"type": "object", "properties": object{}}
	for _, one := range all {
		s := one.(object)
		if ref, ok := s["$ref"].(string); ok {
			name := ref[strings.LastIndex(ref, "/")+1:]
			s = extended(name, dig(r.schemas, name))
		}
		if nested := list(s["allOf"]); len(nested) > 0 {
			s = r.merged(nested)
		}
		properties := out["properties"].(object)
		for name, p := range dig(s, "properties") {
			if before, ok := properties[name].(object); ok {
				p = joined(before, p.(object))
			}
			properties[name] = p
		}
		out["required"] = append(list(out["required"]), list(s["required"])...)
		if s["additionalProperties"] != nil {
			out["additionalProperties"] = s["additionalProperties"]
		}
		if s["anyOf"] != nil {
			out["anyOf"] = s["anyOf"]
		}
	}
	return out
}

// joined are two descriptions of one property, the later one closer.
func joined(a, b object) object {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func dig(v any, keys ...string) object {
	for _, key := range keys {
		o, _ := v.(object)
		v = o[key]
	}
	o, _ := v.(object)
	return o
}

func list(v any) []any {
	l, _ := v.([]any)
	return slices.Clone(l)
}

// values are the samples of an operation by their names.
func values(v any) object {
	out := object{}
	examples, _ := v.(object)
	for name := range examples {
		out[name] = dig(examples, name)["value"]
	}
	return out
}
