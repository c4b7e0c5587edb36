// Package shown writes stored things as JSON, for people: whole, or as a structure without values.
package shown

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/webhook/blank"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Most is how much of a body is shown, in bytes.
const Most = 1 << 20

// Call is a call of a network. Its body stands in it as JSON where it is some, else as a text.
func Call(call *webhookv1.Call) ([]byte, error) {
	written := struct {
		Method  string              `json:"method"`
		Suffix  string              `json:"suffix,omitempty"`
		Query   string              `json:"query,omitempty"`
		Headers map[string][]string `json:"headers,omitempty"`
		Body    any                 `json:"body"`
	}{Method: call.GetMethod(), Suffix: call.GetSuffix(), Query: call.GetQuery(), Headers: map[string][]string{}, Body: strings.ToValidUTF8(string(call.GetBody()), "\ufffd")}
	for _, h := range call.GetHeaders() {
		written.Headers[h.GetName()] = h.GetValues()
	}
	if json.Valid(call.GetBody()) {
		written.Body = json.RawMessage(call.GetBody())
	}
	return json.Marshal(written)
}

// Structure is JSON without its values, as far as it is shown.
func Structure(body []byte) (text string, cut bool) { return Shorten(blank.Body(body)) }

// Shorten cuts a text that is longer than [Most], at a character.
func Shorten(body []byte) (text string, cut bool) {
	if len(body) <= Most {
		return string(body), false
	}
	body = body[:Most]
	for len(body) > 0 && !utf8.Valid(body[max(0, len(body)-utf8.UTFMax):]) {
		body = body[:len(body)-1]
	}
	return string(body), true
}
