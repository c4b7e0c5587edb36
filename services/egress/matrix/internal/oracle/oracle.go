// Package oracle judges calls and events by the Matrix specification's own descriptions, reduced by internal/genspec.
package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bonychat/puente/services/egress/matrix/testdata"
)

// Spec is what was kept of the specification.
type Spec struct {
	operations []*Operation
	events     map[string]*jsonschema.Schema
	contents   map[string]*jsonschema.Schema
	filter     *jsonschema.Schema
}

// Operation is one call.
type Operation struct {
	// Name is method and path as the specification writes them.
	Name   string
	method string
	path   *regexp.Regexp
	query  map[string]parameter
	body   *jsonschema.Schema
	answer *jsonschema.Schema
}

type parameter struct {
	required bool
	schema   *jsonschema.Schema
}

// New reads what genspec wrote.
func New() (*Spec, error) {
	data := testdata.Spec
	var raw struct {
		Operations []struct {
			Method, Path string
			Query        []struct {
				Name     string
				Required bool
				Schema   json.RawMessage
			}
			Body, Answer json.RawMessage
		}
		Events map[string]json.RawMessage
		Filter json.RawMessage
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	c := &compiler{jsonschema.NewCompiler(), 0}
	s := &Spec{events: map[string]*jsonschema.Schema{}, contents: map[string]*jsonschema.Schema{}}
	for _, o := range raw.Operations {
		op := &Operation{Name: o.Method + " " + o.Path, method: o.Method, path: pattern(o.Path), query: map[string]parameter{}}
		for _, q := range o.Query {
			schema, err := c.compile(q.Schema)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", op.Name, q.Name, err)
			}
			op.query[q.Name] = parameter{q.Required, schema}
		}
		var err error
		if op.body, err = c.compile(o.Body); err == nil {
			op.answer, err = c.compile(o.Answer)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", op.Name, err)
		}
		s.operations = append(s.operations, op)
	}
	for name, event := range raw.Events {
		var parts struct {
			Properties struct{ Content json.RawMessage }
		}
		if err := json.Unmarshal(event, &parts); err != nil {
			return nil, err
		}
		var err error
		if s.events[name], err = c.compile(event); err == nil {
			s.contents[name], err = c.compile(parts.Properties.Content)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	var err error
	s.filter, err = c.compile(raw.Filter)
	return s, err
}

type compiler struct {
	*jsonschema.Compiler
	n int
}

// compile makes a schema, nil of nothing.
func (c *compiler) compile(raw json.RawMessage) (*jsonschema.Schema, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c.n++
	name := fmt.Sprintf("mem:///%d.json", c.n)
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// pattern matches paths like this one.
func pattern(path string) *regexp.Regexp {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "[^/]+"
			if part == "{stateKey}" {
				parts[i] = "[^/]*"
			}
			continue
		}
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("^" + strings.Join(parts, "/") + "$")
}

// Operations are the names of all calls.
func (s *Spec) Operations() (names []string) {
	for _, o := range s.operations {
		names = append(names, o.Name)
	}
	return names
}

// Find is the operation that a request is one of, by its method and escaped path.
func (s *Spec) Find(method, path string) (*Operation, error) {
	for _, o := range s.operations {
		if o.method == method && o.path.MatchString(path) {
			return o, nil
		}
	}
	return nil, fmt.Errorf("no such call: %s %s", method, path)
}

// everywhere are parameters that all calls of an application service may have:
// https://spec.matrix.org/latest/application-service-api/#identity-assertion
var everywhere = []string{"user_id"}

// CheckRequest says what is wrong with a request. body is nil for none.
func (s *Spec) CheckRequest(method, path, query string, body []byte) (*Operation, error) {
	o, err := s.Find(method, path)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return o, err
	}
	for name, p := range o.query {
		if p.required && values.Get(name) == "" {
			return o, fmt.Errorf("parameter %s is missing", name)
		}
	}
	for name := range values {
		p, ok := o.query[name]
		switch {
		case slices.Contains(everywhere, name):
		case !ok:
			return o, fmt.Errorf("parameter %s is unknown", name)
		case name == "filter":
			if err := check(s.filter, []byte(values.Get(name))); err != nil {
				return o, fmt.Errorf("parameter filter: %w", err)
			}
		default:
			if err := p.check(values.Get(name)); err != nil {
				return o, fmt.Errorf("parameter %s: %w", name, err)
			}
		}
	}
	if o.body == nil {
		return o, nil
	}
	if body == nil {
		return o, fmt.Errorf("the body is missing")
	}
	return o, check(o.body, body)
}

// check reads a parameter as what its schema takes.
func (p parameter) check(value string) error {
	if p.schema == nil {
		return nil
	}
	quoted, _ := json.Marshal(value)
	if err := check(p.schema, quoted); err != nil && check(p.schema, []byte(value)) != nil {
		return err
	}
	return nil
}

// CheckAnswer says what is wrong with an answer of success.
func (o *Operation) CheckAnswer(body []byte) error {
	if o.answer == nil {
		return nil
	}
	return check(o.answer, body)
}

// CheckEvent says what is wrong with an event. known is false where the specification does not describe its type.
func (s *Spec) CheckEvent(event []byte) (known bool, err error) {
	var e struct {
		Type    string
		Content struct{ Msgtype string }
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return false, err
	}
	schema := s.events[nameOf(e.Type, e.Content.Msgtype)]
	if schema == nil {
		return false, nil
	}
	return true, check(schema, event)
}

// CheckContent says what is wrong with the content of an event that is sent.
func (s *Spec) CheckContent(kind string, content []byte) error {
	var c struct{ Msgtype string }
	if err := json.Unmarshal(content, &c); err != nil {
		return err
	}
	schema := s.contents[nameOf(kind, c.Msgtype)]
	if schema == nil {
		return fmt.Errorf("no such event: %s %s", kind, c.Msgtype)
	}
	return check(schema, content)
}

func nameOf(kind, msgtype string) string {
	if kind == "m.room.message" && msgtype != "" {
		return kind + "$" + msgtype
	}
	return kind
}

func check(schema *jsonschema.Schema, data []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}
