// Reduce reduces ClickSend's description of its API to the operations that the ClickSend network uses, the schemas of
// those, and the vendor's samples; and adds what the description only says in words.
//
//	go run ./internal/reduce -in api/openapi.yaml -out testdata/openapi.json -source https://github.com/ClickSend/clicksend-java-v2/blob/<commit>/api/openapi.yaml
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// operations are those that are used, and the two that make ClickSend push a sample.
var operations = map[string][]string{
	"/v3/sms/send":                                   {"post"},
	"/v3/sms/history":                                {"get"},
	"/v3/sms/receipts":                               {"get"},
	"/v3/sms/receipts-read":                          {"put"},
	"/v3/sms/inbound":                                {"get"},
	"/v3/sms/inbound-read":                           {"put"},
	"/v3/automations/sms/inbound":                    {"get", "post"},
	"/v3/automations/sms/inbound/{inbound_rule_id}":  {"put"},
	"/v3/automations/sms/receipts":                   {"get", "post"},
	"/v3/automations/sms/receipts/{receipt_rule_id}": {"put"},
	"/v3/account":                                    {"get"},
}

// samples are schemas that no operation above refers to: their examples are what is pushed.
var samples = []string{"create-test-inbound-sms", "create-test-sms-receipt"}

// object is a JSON object.
type object = map[string]any

func main() {
	log.SetFlags(0)
	in := flag.String("in", "", "the vendor's description, YAML or JSON")
	out := flag.String("out", "", "where the reduced one goes")
	source := flag.String("source", "", "where the vendor's is from")
	flag.Parse()
	data, err := os.ReadFile(*in)
	if err == nil {
		data, err = reduce(data, *source)
	}
	if err == nil {
		err = os.WriteFile(*out, data, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func reduce(data []byte, source string) ([]byte, error) {
	var api object
	if err := yaml.Unmarshal(data, &api); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	all := at(api, "components", "schemas")
	paths, schemas := object{}, object{}
	var todo []string
	for path, methods := range operations {
		item := object{}
		for _, method := range methods {
			operation := at(api, "paths", path, method)
			if len(operation) == 0 {
				return nil, fmt.Errorf("%s %s is not in the description", method, path)
			}
			item[method] = operationOf(operation, path, method)
		}
		paths[path] = item
		todo = append(todo, references(item)...)
	}
	for todo = append(todo, samples...); len(todo) > 0; todo = todo[1:] {
		name := todo[0]
		if schemas[name] != nil {
			continue
		}
		schema, ok := all[name].(object)
		if !ok {
			return nil, fmt.Errorf("schema %s is not in the description", name)
		}
		schemas[name] = schemaOf(schema)
		todo = append(todo, references(schemas[name])...)
	}
	addWords(schemas)
	return write(object{
		"openapi": "3.0.0", "paths": paths, "servers": []any{object{"url": "https://rest.clicksend.com"}},
		"info":       object{"title": "SMS", "version": "3", "license": object{"name": "MIT"}, "x-source": source},
		"components": object{"schemas": schemas, "securitySchemes": object{"basicAuth": object{"type": "http", "scheme": "basic"}}},
	})
}

// operationOf is an operation without words and programs.
func operationOf(o object, path, method string) object {
	out := object{"operationId": o["operationId"], "security": o["security"]}
	var params []any
	for _, p := range list(o["parameters"]) {
		if p, ok := p.(object); ok && p["in"] != "header" {
			params = append(params, object{"in": p["in"], "name": p["name"], "required": p["required"], "schema": typeOf(p)})
		}
	}
	// of lists of rules only the description's words tell that they have pages
	if method == "get" && path != "/v3/account" && !strings.Contains(string(mustJSON(params)), `"page"`) {
		params = append([]any{query("page"), query("limit")}, params...)
	}
	if params != nil {
		out["parameters"] = params
	}
	if body := at(o, "requestBody", "content", "application/json"); body["schema"] != nil {
		out["requestBody"] = object{"content": object{"application/json": object{"schema": body["schema"]}}}
	}
	answer := at(o, "responses", "200", "content", "application/json")
	out["responses"] = object{"200": object{
		"description": "Successful response", "content": object{"application/json": object{"schema": answer["schema"]}},
	}}
	return out
}

func query(name string) object {
	return object{"in": "query", "name": name, "required": false, "schema": typeOf(object{"name": name, "schema": object{"type": "integer"}})}
}

// typeOf is a parameter's type. The bounds of a page stand with its answer, in words.
func typeOf(p object) object {
	out := object{"type": at(p, "schema")["type"]}
	if p["name"] == "limit" {
		out["minimum"], out["maximum"] = 15, 100
	}
	return out
}

// addWords adds webhook_type, which only the operation's description has.
func addWords(schemas object) {
	for _, name := range []string{"create_sms_inbound_automation_request", "update_sms_inbound_automation_request"} {
		if properties := at(schemas, name, "properties"); len(properties) > 0 {
			properties["webhook_type"] = object{"type": "string", "enum": []any{"post", "get", "json"}, "x-from": "the operation's description"}
		}
	}
}

// schemaOf is a schema without words; examples stay where they are a whole answer.
func schemaOf(schema object) object {
	out, _ := bare(schema).(object)
	if example := schema["example"]; example != nil && at(schema, "properties")["response_code"] != nil || at(schema, "properties")["date_before"] != nil {
		out["example"] = example
	}
	return out
}

func bare(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for key, value := range v {
			_, schema := value.(object)
			if (key == "description" || key == "example" || key == "title") && !schema {
				continue
			}
			out[key] = bare(value)
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

// references are the names of the schemas that a value refers to.
func references(v any) (names []string) {
	switch v := v.(type) {
	case object:
		for key, value := range v {
			if ref, ok := value.(string); ok && key == "$ref" {
				names = append(names, strings.TrimPrefix(ref, "#/components/schemas/"))
			} else if key != "example" {
				names = append(names, references(value)...)
			}
		}
	case []any:
		for _, value := range v {
			names = append(names, references(value)...)
		}
	}
	return names
}

// at is the object under a path of keys, empty where there is none.
func at(v object, path ...string) object {
	for _, key := range path {
		v, _ = v[key].(object)
	}
	return v
}

func list(v any) []any { l, _ := v.([]any); return l }

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read from YAML
	}
	return data
}

func write(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}
