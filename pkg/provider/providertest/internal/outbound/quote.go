package outbound

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/inbound"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// quotes plays an act again with answers that quote what was sent, as networks do ("+34600111222 is no number"), and with
// answers that are mangled: no error gives away what is in them, nor any words of the network's, and nothing panics.
func (s Playing) quotes(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	if len(a.Answers) == 0 || strings.HasPrefix(a.Answers[len(a.Answers)-1], "drop") {
		return
	}
	again, err := s.Again()
	if err != nil {
		r.Errorf("%s: %v", a.Name, err)
		return
	}
	defer again.Close()
	fresh := Playing{Stage: again}
	last, private := a.Answers[len(a.Answers)-1], strings.Join(s.Private(), " ")+" "+stage.Foreign
	if !stage.OverHTTP(last, s.Peer != nil) {
		fresh.overSocket(r, a, last, private)
		return
	}
	head, body, _ := strings.Cut(last, "\n\n")
	for _, b := range inbound.Quoted([]byte(body), private) {
		if !fresh.answered(r, a, head+"\n\n"+string(b)) {
			return // one is enough
		}
	}
	if !a.Succeeds() {
		return
	}
	all, _ := json.Marshal(map[string]any{
		"error": map[string]string{"message": private, "type": private}, "message": private, "detail": private, "code": private,
	})
	fresh.answered(r, a, "400\nContent-Type: application/json\n\n"+string(all))
	fresh.answered(r, a, "400\nContent-Type: text/plain\n\n"+private)
	if a.Name == "fetch.json" {
		return // of a file, any body will do
	}
	for _, b := range some(inbound.Mangled([]byte(body)), s.Rules.Mangled) {
		if !fresh.answered(r, a, head+"\n\n"+string(b)) {
			return
		}
	}
}

// overSocket does the same with an answer of a socket: each of its lines holds more than it did, as far as that can be said, and its bytes
// are mangled.
func (s Playing) overSocket(r stage.Reporter, a *conversation.Act, last, private string) {
	r.Helper()
	lines := strings.Split(strings.TrimSpace(last), "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		quoting := slices.Clone(lines)
		quoting[i] += " " + private
		if !s.answered(r, a, strings.Join(quoting, "\n")) {
			return // one is enough
		}
	}
	for n := range s.Rules.Mangled {
		if !s.answered(r, a, fmt.Sprintf("mangle %d\n%s", n, last)) {
			return
		}
	}
}

// answered plays an act with another last answer, as it was when the conversation came to it.
func (s Playing) answered(r stage.Reporter, a *conversation.Act, answer string) (ok bool) {
	r.Helper()
	if len(s.State.Held()) > 0 { // a token that was kept by the time before would not be asked for again
		fresh, err := s.Again()
		if err != nil {
			r.Errorf("%s: %v", a.Name, err)
			return false
		}
		defer fresh.Close()
		s = Playing{Stage: fresh}
	}
	answers := slices.Clone(a.Answers)
	answers[len(answers)-1] = answer
	s.Replies.CopyFrom(&a.Before)
	s.State.CopyFrom(&a.Kept)
	heard := stage.Note(r)
	_, err := s.Act(heard, a, answers)
	if heard.Any || err == nil {
		return !heard.Any
	}
	what := a.Name + " with an answer that quotes"
	if !s.Discreet(r, what, err) || !stage.Quotes(r, what, s.Raised) {
		return false
	}
	s.Told(r, fmt.Sprintf("%s with the answer %q", a.Name, answer), outcome.Classify(err).Reason)
	return true
}

// some are so many of all, evenly.
func some(all [][]byte, most int) [][]byte {
	if len(all) <= most {
		return all
	}
	out := make([][]byte, 0, most)
	for i := range most {
		out = append(out, all[i*len(all)/most])
	}
	return out
}
