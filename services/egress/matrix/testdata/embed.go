// Package testdata holds the specification as it was reduced, for what judges by it.
package testdata

import _ "embed"

// Spec is spec.json.
//
//go:embed spec.json
var Spec []byte
