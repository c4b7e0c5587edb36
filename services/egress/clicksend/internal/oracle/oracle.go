// Package oracle judges calls of ClickSend's API by the vendor's description of it. It knows shapes, not behaviour, and is
// stricter than the API is known to be: what the description does not name is wrong.
package oracle

//go:generate go run ../reduce -in $CLICKSEND_OPENAPI -out ../../testdata/openapi.json -source $CLICKSEND_OPENAPI_SOURCE

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/bonychat/puente/services/egress/clicksend/testdata"
)

// API is the description. It is safe for concurrent use.
type API struct {
	doc    *openapi3.T
	router routers.Router
}

// New reads the committed description.
func New() *API {
	doc, err := openapi3.NewLoader().LoadFromData(testdata.Description)
	if err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err)) // it was committed broken
	}
	none := false
	for _, schema := range doc.Components.Schemas {
		if schema.Value.Type.Is("object") {
			schema.Value.AdditionalProperties = openapi3.BoolSchema{Has: &none}
		}
	}
	doc.Servers = nil // wherever the stand-in is
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
	if err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err))
	}
	return &API{doc: doc, router: router}
}

// Check names the operation that a call is of and says what is wrong with it.
func (a *API) Check(method, target string, header http.Header, body []byte) (operation string, err error) {
	r, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header = header
	route, params, err := a.router.FindRoute(r)
	if err != nil {
		return "", fmt.Errorf("%s %s is not in the description: %w", method, r.URL.Path, err)
	}
	operation = route.Operation.OperationID
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			return operation, fmt.Errorf("the query's %s is not in the description", name)
		}
	}
	if route.Operation.RequestBody == nil && len(body) > 0 {
		return operation, fmt.Errorf("%s has no body", operation)
	}
	if route.Operation.RequestBody != nil && len(body) == 0 {
		return operation, fmt.Errorf("%s has a body", operation)
	}
	return operation, openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: basic},
	})
}

// basic asks for the credentials that the description wants.
func basic(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if _, _, ok := in.RequestValidationInput.Request.BasicAuth(); !ok {
		return in.NewError(fmt.Errorf("no basic authentication"))
	}
	return nil
}

// Operations are the names of all that are described.
func (a *API) Operations() (names []string) {
	for _, item := range a.doc.Paths.Map() {
		for _, o := range item.Operations() {
			names = append(names, o.OperationID)
		}
	}
	return slices.Sorted(slices.Values(names))
}

// Samples are the vendor's own answers, by the names of their schemas.
func (a *API) Samples() map[string][]byte {
	out := map[string][]byte{}
	for name, schema := range maps.All(a.doc.Components.Schemas) {
		if schema.Value.Example != nil {
			if data, err := json.Marshal(schema.Value.Example); err == nil {
				out[name] = data
			}
		}
	}
	return out
}
