// Package testdata holds ClickSend's description of its API for tests and stand-ins; see README.md.
package testdata

import _ "embed"

// Description is openapi.json: the operations that are used here.
//
//go:embed openapi.json
var Description []byte
