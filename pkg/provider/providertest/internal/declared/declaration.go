package declared

import (
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"slices"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// declaration holds for what a network says of itself: it travels as JSON to services that do not know it.
func (t Trial) declaration(r stage.Reporter) {
	r.Helper()
	d := t.Description
	if err := t.Network.Validate(); err != nil {
		r.Errorf("%v", err)
	}
	data, err := json.Marshal(d)
	if err != nil {
		r.Errorf("the declaration cannot be written: %v", err)
		return
	}
	d.Reasons = nil // they are for people, and not written
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
