package setup

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// conceal takes every credential of the account out of a text: whatever the network's code says, none is shown.
func conceal(text string, d provider.Driver, account json.RawMessage) string {
	var values map[string]any
	_ = json.Unmarshal(account, &values) // it was checked
	var pairs []string
	for _, f := range d.Describe().Fields {
		value, _ := values[f.Name].(string)
		if !f.Secret || value == "" {
			continue
		}
		for _, form := range []string{value, url.PathEscape(value), url.QueryEscape(value)} {
			pairs = append(pairs, form, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
