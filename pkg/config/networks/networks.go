// Package networks tells package config what it must know of networks. It stands apart because a network's program
// reads its configuration, so that config itself cannot know networks.
package networks

import (
	"encoding/json"
	"slices"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
)

// Of is networks for [config.Load].
func Of(drivers ...provider.Driver) []config.Network {
	var out []config.Network
	for _, d := range drivers {
		about := d.Describe()
		n := config.Network{
			Name: about.Name, Check: d.CheckAccount, Doc: about.Doc, WebhookPage: string(about.Pages.Webhook), Called: about.Webhook != nil,
			Registers: slices.Contains(about.Abilities, "Setter"), Instructs: slices.Contains(about.Abilities, "Instructor"),
		}
		if slices.Contains(about.Abilities, "Exclusive") {
			n.Claim = func(account json.RawMessage) (field, value string) {
				bound, err := d.Bind(account)
				if err != nil {
					return "", ""
				}
				return bound.Claim.Field, bound.Claim.Value
			}
		}
		for _, f := range about.Fields {
			n.Fields = append(n.Fields, config.Field{
				Name: f.Name, Secret: f.Secret, Many: f.Many, Doc: f.Doc, DocEs: f.DocEs, Required: f.Required,
				Label: f.Label, LabelEs: f.LabelEs, Kind: config.Kind(f.Kind), Values: f.Values,
			})
		}
		if about.Webhook != nil {
			n.Verifies, n.Seal = about.Webhook.Fields(), about.Webhook.Seal
		}
		out = append(out, n)
	}
	return out
}
