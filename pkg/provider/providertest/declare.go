package providertest

import (
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// declaration holds for what a network says of itself: it travels as JSON to services that do not know it.
func (t trial) declaration(r reporter) {
	r.Helper()
	d := t.Description
	if err := d.Validate(); err != nil {
		r.Errorf("%v", err)
	}
	data, err := json.Marshal(d)
	if err != nil {
		r.Errorf("the declaration cannot be written: %v", err)
		return
	}
	var back provider.Description
	if err := json.Unmarshal(data, &back); err != nil {
		r.Errorf("the declaration cannot be read back: %v", err)
	} else if !reflect.DeepEqual(d, back) {
		r.Errorf("the declaration comes back different: %+v", back)
	}
	if u, err := url.Parse(d.Doc); err != nil || u.Scheme != "https" || u.Host == "" {
		r.Errorf("Doc is no https address: %q", d.Doc)
	}
	for _, f := range d.Fields {
		switch {
		case f.Doc == "":
			r.Errorf("the account's field %s has no doc", f.Name)
		case credential.MatchString(f.Name) && !f.Secret:
			r.Errorf("the account's field %s is a credential, and no provider.Secret", f.Name)
		}
	}
	for _, name := range secretsOf(data) {
		if !slices.ContainsFunc(d.Fields, func(f provider.Field) bool { return f.Name == name }) {
			r.Errorf("the webhook policy asks for the account's field %s, which there is not", name)
		}
	}
}

// credential are names of settings that nobody may see.
var credential = regexp.MustCompile(`(^|_)(token|secret|password|passphrase|credential)$|^(api|private|access|auth)_key$|^key$`)

// secretsOf are the account's fields that a declared policy names.
func secretsOf(declaration []byte) (names []string) {
	var d struct {
		Webhook any `json:"webhook"`
	}
	if json.Unmarshal(declaration, &d) != nil {
		return nil
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				if name, ok := value.(string); ok && (key == "secret" || key == "user" || key == "account") && name != "" {
					names = append(names, name)
				}
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(d.Webhook)
	slices.Sort(names)
	return slices.Compact(names)
}

// oracle has the conversations' requests judged by the vendor's description.
func (t trial) oracle(r reporter) {
	r.Helper()
	if t.Oracle == nil {
		return
	}
	var requests []Request
	for _, c := range t.conversations {
		requests = append(requests, c.requests()...)
	}
	ask(r, t.Oracle, requests)
}

// shown asks for a conversation of everything that a network says it can do.
func (t trial) shown(r reporter) {
	r.Helper()
	var text strings.Builder
	inputs := map[string]bool{}
	for _, c := range t.conversations {
		for _, a := range c.acts {
			inputs[a.name] = true
			if a.call() || a.name == "listen.json" {
				text.WriteString(a.expected)
			}
		}
	}
	s, err := newStage(t.network, t.conversations[0])
	if err != nil {
		return // reported where it is played
	}
	defer s.close()
	_, fetches := s.sender.(provider.Fetcher)
	_, sets := s.sender.(provider.Setter)
	_, checks := s.sender.(provider.Checker)
	l, listens := s.sender.(provider.Listener)
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
		{"a receipt with our own id", `"own_id": "`, t.Confirms.OwnID != ""},
		{"a watermark", `"up_to"`, t.Confirms.Watermarks != ""},
	} {
		seen := strings.ReplaceAll(text.String(), `"own_id": ""`, "")
		if told.has && !strings.Contains(seen, told.part) {
			r.Errorf("Confirms tells of %s, and no conversation shows one", told.what)
		}
	}
	if i, ok := s.sender.(provider.Instructor); ok {
		var words string
		if panicked := guard(func() { words = i.Instructions("https://bridge.example.com/webhooks/x/channel") }); panicked != nil {
			r.Errorf("Instructions: %v", panicked)
		}
		for name, value := range s.secrets {
			if strings.Contains(words, value) {
				r.Errorf("Instructions hold the secret %s", name)
			}
		}
	}
}
