// Package testdata holds the Bot API's description for tests and stand-ins; see README.md.
package testdata

import _ "embed"

// Methods is methods.json: the Bot API methods that are used here, with their parameters and the types of those.
//
//go:embed methods.json
var Methods []byte
