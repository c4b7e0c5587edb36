package runtime

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
)

// Conceal takes every credential of the account out of a text: whatever the network's code says, none is shown.
func Conceal(text string, d provider.Driver, account json.RawMessage) string {
	var values map[string]json.RawMessage
	_ = json.Unmarshal(account, &values) // it was checked
	var pairs []string
	for _, f := range d.Describe().Fields {
		var live config.Secrets // one, or those that count while it is being changed
		if raw := values[f.Name]; !f.Secret || raw == nil || json.Unmarshal(raw, &live) != nil {
			continue
		}
		for _, value := range live.Reveal() {
			for _, form := range []string{value, url.PathEscape(value), url.QueryEscape(value)} {
				if form != "" {
					pairs = append(pairs, form, "[secret]")
				}
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
