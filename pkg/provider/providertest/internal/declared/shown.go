package declared

import (
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// shown asks for a conversation of everything that a network says it can do.
func (t Trial) shown(r stage.Reporter) {
	r.Helper()
	var text strings.Builder
	inputs := map[string]bool{}
	for _, c := range t.Conversations {
		for _, a := range c.Acts {
			inputs[a.Name] = true
			if a.IsCall() || a.Name == "listen.json" {
				text.WriteString(a.Expected)
			}
		}
	}
	s, err := stage.New(t.Network, t.Conversations[0], t.Rules)
	if err != nil {
		return // reported where it is played
	}
	defer s.Close()
	_, fetches := s.Sender.(provider.Fetcher)
	_, sets := s.Sender.(provider.Setter)
	_, checks := s.Sender.(provider.Checker)
	l, listens := s.Sender.(provider.Listener)
	for _, ability := range []struct {
		what, file string
		has        bool
	}{
		{"sends a message", "message.json", true},
		{"fetches a file", "fetch.json", fetches},
		{"sets the webhook up", "setup.json", sets},
		{"checks the credentials", "check.json", checks},
		{"listens", "listen.json", listens && l.Listens()},
	} {
		if ability.has && !inputs[ability.file] {
			r.Errorf("no conversation %s (%s)", ability.what, ability.file)
		}
	}
	for _, told := range []struct {
		what, part string
		has        bool
	}{
		{"a receipt", `"receipt"`, t.Confirms.Receipts != ""},
		{"a receipt of a failure", `"STATUS_FAILED"`, t.Confirms.Failures != ""},
		{"a receipt with our own id", `"own_id": "`, t.Confirms.OwnID != ""},
		{"a watermark", `"up_to"`, t.Confirms.Watermarks != ""},
	} {
		seen := strings.ReplaceAll(text.String(), `"own_id": ""`, "")
		if told.has && !strings.Contains(seen, told.part) {
			r.Errorf("Confirms tells of %s, and no conversation shows one", told.what)
		}
	}
	if i, ok := s.Sender.(provider.Instructor); ok {
		var words string
		if panicked := stage.Guard(func() { words = i.Instructions("https://bridge.example.com/webhooks/x/channel") }); panicked != nil {
			r.Errorf("Instructions: %v", panicked)
		}
		for name, value := range s.Secrets {
			if strings.Contains(words, value) {
				r.Errorf("Instructions hold the secret %s", name)
			}
		}
	}
}
