// Package oracle judges calls by LINE's own description of them, in both directions. It knows shapes, not behaviour.
//
// The description says of a message that it has a type, and by which schema each type is to be judged; OpenAPI's
// validators leave that second step out, so that a text message without a text would pass. Here the description is read
// so that it is taken.
package oracle

//go:generate go run ../genspec -in $LINE_OPENAPI -out ../../testdata

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/bonychat/puente/services/egress/line/testdata"
)

// Spec is one description.
type Spec struct{ doc *openapi3.T }

// Messaging is what LINE's API takes and answers. Nothing that it does not know is valid.
func Messaging() *Spec { return load(testdata.Messaging, true) }

// Webhook is what LINE calls with. It may hold more than is known.
func Webhook() *Spec { return load(testdata.Webhook, false) }

// load panics where a file was committed broken.
func load(data []byte, strict bool) *Spec {
	resolved, err := resolve(data, strict)
	if err != nil {
		panic(fmt.Sprintf("oracle: %v", err))
	}
	doc, err := openapi3.NewLoader().LoadFromData(resolved)
	if err != nil {
		panic(fmt.Sprintf("oracle: %v", err))
	}
	return &Spec{doc}
}

// Calls are the calls that the description has: "POST /v2/bot/message/push".
func (s *Spec) Calls() (calls []string) {
	for path, item := range s.doc.Paths.Map() {
		for method := range item.Operations() {
			calls = append(calls, method+" "+path)
		}
	}
	return calls
}

// Call is the call that a request makes, as [Spec.Calls] spells it.
func (s *Spec) Call(method, path string) (string, error) {
	_, pattern, err := s.operation(method, path)
	return method + " " + pattern, err
}

// Request says what is wrong with a request.
func (s *Spec) Request(method, path string, header http.Header, body []byte) error {
	op, _, err := s.operation(method, path)
	if err != nil {
		return err
	}
	if err := retryKey(op, header); err != nil {
		return err
	}
	if op.RequestBody == nil {
		if len(body) > 0 {
			return errors.New("has a body")
		}
		return nil
	}
	if !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		return errors.New("is no application/json")
	}
	return judge(op.RequestBody.Value.Content.Get("application/json").Schema, body)
}

// Response says what is wrong with an answer in JSON.
func (s *Spec) Response(method, path string, status int, body []byte) error {
	op, _, err := s.operation(method, path)
	if err != nil {
		return err
	}
	r := op.Responses.Status(status)
	if r == nil {
		return fmt.Errorf("status %d is not described", status)
	}
	content := r.Value.Content.Get("application/json")
	if content == nil {
		return nil
	}
	return judge(content.Schema, body)
}

// retryKey judges the header that only calls with a parameter of that name may have.
func retryKey(op *openapi3.Operation, header http.Header) error {
	const name = "X-Line-Retry-Key"
	sent := header.Get(name)
	if sent == "" {
		return nil
	}
	if op.Parameters.GetByInAndName("header", name) == nil {
		return errors.New(name + " is not taken here")
	}
	if _, err := uuid.Parse(sent); err != nil || len(sent) != 36 {
		return errors.New(name + " is no UUID")
	}
	return nil
}

func (s *Spec) operation(method, path string) (*openapi3.Operation, string, error) {
	for pattern, item := range s.doc.Paths.Map() {
		if op := item.GetOperation(method); op != nil && matches(pattern, path) {
			return op, pattern, nil
		}
	}
	return nil, "", fmt.Errorf("%s %s is not described", method, path)
}

// matches says whether a path is one of a pattern with names in braces.
func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!strings.HasPrefix(want[i], "{") || got[i] == "") {
			return false
		}
	}
	return true
}

func judge(schema *openapi3.SchemaRef, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return errors.New("is no JSON")
	}
	return schema.Value.VisitJSON(v, openapi3.MultiErrors())
}

// Kinds are the types that a schema stands for: those of "Event".
func (s *Spec) Kinds(name string) (kinds []string) {
	schema := s.doc.Components.Schemas[name]
	if schema == nil || schema.Value.Discriminator == nil {
		return nil
	}
	for kind := range schema.Value.Discriminator.Mapping {
		kinds = append(kinds, kind)
	}
	return kinds
}
