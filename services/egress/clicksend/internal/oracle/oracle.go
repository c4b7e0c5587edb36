// Package oracle reads ClickSend's description of its API, by which calls and answers are judged. It knows shapes, not
// behaviour, and is stricter than the API is known to be: what the description does not name is wrong.
package oracle

//go:generate go run ../reduce -in $CLICKSEND_OPENAPI -out ../../testdata/openapi.json -source $CLICKSEND_OPENAPI_SOURCE

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"

	"github.com/bonychat/puente/services/egress/clicksend/testdata"
)

// New reads the committed description. Pictures are fetched from elsewhere.
func New() *openapi.API {
	api, err := openapi.Load(testdata.Description, openapi.Options{Strict: true, Elsewhere: []string{"GET /files/{name}"}})
	if err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err)) // it was committed broken
	}
	return api
}

// Call is a call as it is judged.
func Call(method, target string, header http.Header, body []byte) conversation.Request {
	r := conversation.Request{Line: method + " " + target, Body: string(body)}
	for name := range header {
		r.Header = append(r.Header, name+": "+header.Get(name))
	}
	return r
}

// Samples are the vendor's own answers, by the names of their schemas.
func Samples() map[string]json.RawMessage {
	var description struct {
		Components struct {
			Schemas map[string]struct {
				Example json.RawMessage `json:"example"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(testdata.Description, &description); err != nil {
		panic(fmt.Sprintf("oracle: openapi.json: %v", err)) // it was committed broken
	}
	out := map[string]json.RawMessage{}
	for name, schema := range description.Components.Schemas {
		if schema.Example != nil {
			out[name] = schema.Example
		}
	}
	return out
}
