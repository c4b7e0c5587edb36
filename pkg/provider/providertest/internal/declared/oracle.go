package declared

import (
	"maps"
	"slices"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// oracle has the conversations' requests judged by the vendor's description.
func (t Trial) oracle(r stage.Reporter) {
	r.Helper()
	if t.Oracle == nil {
		return
	}
	var requests []conversation.Request
	for _, c := range t.Conversations {
		requests = append(requests, c.Requests()...)
	}
	ask(r, t.Oracle, requests)
}

// ask has an oracle judge the requests of all conversations.
func ask(r stage.Reporter, oracle Oracle, requests []conversation.Request) {
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
