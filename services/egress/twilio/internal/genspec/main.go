// Genspec reduces Twilio's description of its REST API to the calls that are made here: their parameters, bodies and
// answers with the samples of those, without the prose.
//
//	go run ./internal/genspec -in twilio_api_v2010.json -out internal/oracle/openapi.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// calls are the operations that are kept: path and method.
var calls = map[string][]string{
	"/2010-04-01/Accounts/{AccountSid}/Messages.json":                   {"post"},
	"/2010-04-01/Accounts/{Sid}.json":                                   {"get"},
	"/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json":       {"get"},
	"/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json": {"post"},
}

// prose are the keys that say nothing to a program.
var prose = []string{"description", "summary", "tags", "x-twilio", "x-path-type", "termsOfService", "contact", "x-maturity"}

func main() {
	in := flag.String("in", "", "twilio_api_v2010.json of github.com/twilio/twilio-oai")
	out := flag.String("out", "internal/oracle/openapi.json", "the reduced description")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "genspec:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var whole map[string]any
	if err := json.Unmarshal(data, &whole); err != nil {
		return err
	}
	reduced, err := reduce(whole)
	if err != nil {
		return err
	}
	data, err = json.MarshalIndent(reduced, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(data, '\n'), 0o644)
}

func reduce(whole map[string]any) (map[string]any, error) {
	paths, all := map[string]any{}, object(whole["paths"])
	for path, methods := range calls {
		kept := map[string]any{}
		for _, method := range methods {
			operation, ok := object(all[path])[method]
			if !ok {
				return nil, fmt.Errorf("%s %s is not described", method, path)
			}
			kept[method] = bare(operation)
		}
		paths[path] = kept
	}
	info := object(bare(whole["info"]))
	info["description"] = "Reduced; see README.md in testdata."
	schemas, from := map[string]any{}, object(object(whole["components"])["schemas"])
	collect(paths, from, schemas)
	return map[string]any{
		"openapi": whole["openapi"], "info": info, "paths": paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": object(whole["components"])["securitySchemes"]},
	}, nil
}

// collect copies the schemas that something refers to, and those that they refer to.
func collect(v any, from, into map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, "#/components/schemas/")
			if _, done := into[name]; !done {
				into[name] = bare(from[name])
				collect(into[name], from, into)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			collect(v[key], from, into)
		}
	case []any:
		for _, one := range v {
			collect(one, from, into)
		}
	}
}

// bare is a value without its prose. A property may have the name of it: it is told by being an object.
func bare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			_, nested := value.(map[string]any)
			if slices.Contains(prose, key) && (!nested || strings.HasPrefix(key, "x-")) {
				continue
			}
			out[key] = bare(value)
		}
		if out["content"] != nil && out["description"] == nil { // an answer has to have one
			out["description"] = ""
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = bare(v[i])
		}
		return out
	default:
		return v
	}
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}
