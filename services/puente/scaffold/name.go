package scaffold

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"slices"
)

var pattern = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// reserved are names that Go, its tools, or the code that is written give another meaning.
var reserved = []string{
	"main", "init", "internal", "vendor", "testdata", "cmd", "provider", "providertest", "webhook", "eventv1", "messagev1", "testing", "http", "hex", "hmac", "sha256",
}

// checkName says what is wrong with the name of a network that is to be.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("a network needs a name")
	case !pattern.MatchString(name):
		return fmt.Errorf("network name %q: must be 1 to 20 lower-case letters and digits, a letter first", name)
	case token.IsKeyword(name), types.Universe.Lookup(name) != nil, slices.Contains(reserved, name):
		return fmt.Errorf("network name %q: it is the name of a package here, and has a meaning in Go", name)
	}
	return nil
}
