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

// Conceal takes every credential of the account out of a text, as it is and as it stands in the path or the query of an
// address: whatever the network's code says, none is shown. account is the JSON object of the configuration; of one that
// cannot be read nothing is known, and the text comes back as it is. It is the last net, not the first: errors of networks hold
// no credential, and the kit of package providertest sees to that.
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
