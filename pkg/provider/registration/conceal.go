package registration

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/secret"
)

// Conceal removes every credential of the account from a text, as it is and as it is escaped in the path or query of an address. account is
// the JSON object of the configuration; if it cannot be read, the text is returned as it is. It is an additional protection: errors of
// networks must hold no credential, which the kit of package providertest checks.
func Conceal(text string, d provider.Driver, account json.RawMessage) string {
	var values map[string]json.RawMessage
	_ = json.Unmarshal(account, &values) // it was checked
	var hidden []string
	for _, f := range d.Describe().Fields {
		var live secret.Texts // one, or those that count while it is being changed
		if raw := values[f.Name]; !f.Secret || raw == nil || json.Unmarshal(raw, &live) != nil {
			continue
		}
		for _, value := range live.Reveal() {
			hidden = append(hidden, value, url.PathEscape(value), url.QueryEscape(value))
		}
	}
	// the longest first: where one begins with another, the rest of it would be shown
	slices.SortStableFunc(hidden, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, value := range hidden {
		if value != "" {
			pairs = append(pairs, value, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
