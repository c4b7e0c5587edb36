// Package oracle judges calls of the Cloud API by Meta's description of it, as far as that goes: shapes, lengths, enums.
// It knows nothing of behaviour.
package oracle

//go:generate go run ../genoracle -in $WHATSAPP_OPENAPI -out openapi.json

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed openapi.json
var reduced []byte

// Oracle is the description. It is safe for concurrent use.
type Oracle struct {
	api *openapi3.T
	// Samples are Meta's own: requests by "method path", then by name; webhook calls under "webhooks".
	Samples map[string]map[string]json.RawMessage
}

// New reads the committed description.
func New() *Oracle {
	api, err := openapi3.NewLoader().LoadFromData(reduced)
	if err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err)) // it was committed broken
	}
	var file struct {
		Samples map[string]map[string]json.RawMessage `json:"x-samples"`
	}
	if err := json.Unmarshal(reduced, &file); err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err))
	}
	return &Oracle{api, file.Samples}
}

// The paths of the description.
const (
	Messages   = "/{Version}/{Phone-Number-ID}/messages"
	Number     = "/{Version}/{Phone-Number-ID}"
	Media      = "/{Version}/{Media-ID}"
	Subscribed = "/{Version}/{WABA-ID}/subscribed_apps"
)

var version = regexp.MustCompile(`^/v23\.0/([A-Za-z0-9_-]+)(/[a-z_]+)?$`)

// Path is the description's for a call, "" for none. A number and a file are told apart by what is asked of them.
func Path(u *url.URL) string {
	m := version.FindStringSubmatch(u.Path)
	switch {
	case m == nil:
		return ""
	case m[2] == "/messages":
		return Messages
	case m[2] == "/subscribed_apps":
		return Subscribed
	case m[2] == "" && u.Query().Has("phone_number_id"):
		return Media
	case m[2] == "":
		return Number
	default:
		return ""
	}
}

// Check says what is wrong with a call.
func (o *Oracle) Check(method string, u *url.URL, body []byte) error {
	path := Path(u)
	item := o.api.Paths.Find(path)
	if path == "" || item == nil || item.GetOperation(method) == nil {
		return fmt.Errorf("%s %s is not in the description", method, u.Path)
	}
	op := item.GetOperation(method)
	for name := range u.Query() {
		if op.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("query: %s: unknown", name)
		}
	}
	return check(op, method, body)
}

// CheckBody says what is wrong with the body of a call to a path of the description.
func (o *Oracle) CheckBody(method, path string, body []byte) error {
	return check(o.api.Paths.Find(path).GetOperation(method), method, body)
}

func check(op *openapi3.Operation, method string, body []byte) error {
	if op.RequestBody == nil {
		if len(body) > 0 {
			return errors.New("there is a body")
		}
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
	if kind := byType(schema, v); kind != nil {
		schema = kind
	}
	return short(schema.VisitJSON(v, openapi3.MultiErrors()))
}

// short is an error without the schema and the value that it happened to.
func short(err error) error {
	var errs []error
	if many, ok := errors.AsType[openapi3.MultiError](err); ok {
		for _, one := range many {
			errs = append(errs, short(one))
		}
		return errors.Join(errs...)
	}
	if one, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return fmt.Errorf("%s: %s", strings.Join(one.JSONPointer(), "."), one.Reason)
	}
	return err
}

// byType is the alternative that the body's type names, so that a mistake in it is told and not that none fits.
func byType(schema *openapi3.Schema, v any) *openapi3.Schema {
	body, _ := v.(map[string]any)
	for _, one := range schema.OneOf {
		if t := one.Value.Properties["type"]; t != nil && len(t.Value.Enum) == 1 && t.Value.Enum[0] == body["type"] {
			return one.Value
		}
	}
	return nil
}

// Method is the name of an HTTP method as samples have it.
func Method(key string) (method, path string) {
	method, path, _ = strings.Cut(key, " ")
	return map[string]string{"get": http.MethodGet, "post": http.MethodPost}[method], path
}
