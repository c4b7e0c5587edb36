package providertest

import (
	"maps"
	"slices"
)

// Oracle judges a network's requests by the vendor's own description of its API. The package openapi has one for
// descriptions in OpenAPI.
type Oracle interface {
	// Check names the operation that a request is to, "" for one that goes elsewhere than to the API, such as a download,
	// and says what is wrong with it.
	Check(Request) (operation string, err error)
	// Operations are those that the network uses: conversations call each of them.
	Operations() []string
}

// ask has an oracle judge the requests of all conversations.
func ask(r reporter, oracle Oracle, requests []Request) {
	r.Helper()
	missing := map[string]bool{}
	for _, name := range oracle.Operations() {
		missing[name] = true
	}
	for _, request := range requests {
		name, err := oracle.Check(request)
		if err != nil {
			r.Errorf("%s: %s: by the vendor's description %v\n%s", request.File, request.Line, err, request.Body)
		}
		delete(missing, name)
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		r.Errorf("no conversation calls %s", name)
	}
}
