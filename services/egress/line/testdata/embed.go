// Package testdata holds LINE's descriptions for tests and stand-ins; see README.md.
package testdata

import _ "embed"

// Messaging is messaging-api.json: the calls of LINE's API that are used here.
//
//go:embed messaging-api.json
var Messaging []byte

// Webhook is webhook.json: what LINE calls a webhook with.
//
//go:embed webhook.json
var Webhook []byte
